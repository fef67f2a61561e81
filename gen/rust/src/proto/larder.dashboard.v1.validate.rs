use super::*;
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for Point {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.start_time.as_option() {}
        if let Some(inner) = self.end_time.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::PointView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.start_time.as_option() {}
        if let Some(inner) = self.end_time.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for SubjectPoint {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.point.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("point")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::SubjectPointView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.point.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("point")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for ExcursionReport {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.excursion.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursion")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        for (idx, elem) in self.markdowns.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("markdowns")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.shipment.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("shipment")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::ExcursionReportView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.excursion.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursion")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        for (idx, elem) in self.markdowns.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("markdowns")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.shipment.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("shipment")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for MarkdownNote {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::MarkdownNoteView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for ShipmentNote {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::ShipmentNoteView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for Overview {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.subjects.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(4i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.overview_time.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::OverviewView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.subjects.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(4i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.overview_time.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for SubjectStatus {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.last.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("last")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::SubjectStatusView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.last.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("last")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for GetSeriesRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.subject))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("subject")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(14i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/",
                                    "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.start_time.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(2i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("start_time")), field_type
                            : Some(::protovalidate_buffa::FieldType::Message), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(25i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("required")), field_type :
                            Some(::protovalidate_buffa::FieldType::Bool), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("required"),
                    message: ::std::borrow::Cow::Borrowed("value is required"),
                    for_key: false,
                });
        }
        if self.start_time.is_set() {
            if let Some(inner) = self.start_time.as_option() {}
        }
        if let Some(inner) = self.end_time.as_option() {}
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.max_points)) >= 0i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_points")), field_type
                                : Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("int32")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("gte")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte",
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::GetSeriesRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.subject))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("subject")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(14i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/",
                                    "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.start_time.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(2i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("start_time")), field_type
                            : Some(::protovalidate_buffa::FieldType::Message), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(25i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("required")), field_type :
                            Some(::protovalidate_buffa::FieldType::Bool), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("required"),
                    message: ::std::borrow::Cow::Borrowed("value is required"),
                    for_key: false,
                });
        }
        if self.start_time.is_set() {
            if let Some(inner) = self.start_time.as_option() {}
        }
        if let Some(inner) = self.end_time.as_option() {}
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.max_points)) >= 0i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_points")), field_type
                                : Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("int32")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("gte")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte",
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for GetSeriesResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.points.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("points")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.resolution.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::GetSeriesResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.points.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("points")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(inner) = self.resolution.as_option() {}
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for ListExcursionsRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^((rooms|shipments)/[a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.subject))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("subject")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(14i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/",
                                    "^((rooms|shipments)/[a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                let raw_val: i32 = (self.state).to_i32();
                if <larder::coldchain::v1::ExcursionState as ::buffa::Enumeration>::from_i32(
                        raw_val,
                    )
                    .is_none()
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("state")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Enum), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(16i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("enum")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("defined_only")),
                                    field_type : Some(::protovalidate_buffa::FieldType::Bool),
                                    key_type : None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("enum.defined_only"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value {} is not a defined enum value", raw_val
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if let Some(inner) = self.start_after.as_option() {}
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.page_size)) >= 0i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("page_size")), field_type
                                : Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("int32")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("gte")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte",
                        ),
                        for_key: false,
                    });
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            if (::core::convert::AsRef::<
                str,
            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.page_token)))))
                .chars()
                .count() > 500usize
            {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("page_token")), field_type
                                : Some(::protovalidate_buffa::FieldType::String), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(14i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_len")), field_type :
                                Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("string.max_len"),
                        message: ::std::borrow::Cow::Owned(
                            ::std::format!(
                                "value length must be at most {} characters", 500usize
                            ),
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::ListExcursionsRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^((rooms|shipments)/[a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.subject))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("subject")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(14i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/",
                                    "^((rooms|shipments)/[a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            {
                let raw_val: i32 = (self.state).to_i32();
                if <larder::coldchain::v1::ExcursionState as ::buffa::Enumeration>::from_i32(
                        raw_val,
                    )
                    .is_none()
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("state")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Enum), key_type :
                                    None, value_type : None, subscript : None, },
                                ],
                            },
                            rule: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(16i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("enum")), field_type :
                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                    None, value_type : None, subscript : None, },
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("defined_only")),
                                    field_type : Some(::protovalidate_buffa::FieldType::Bool),
                                    key_type : None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("enum.defined_only"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value {} is not a defined enum value", raw_val
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if let Some(inner) = self.start_after.as_option() {}
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.page_size)) >= 0i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("page_size")), field_type
                                : Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("int32")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("gte")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte",
                        ),
                        for_key: false,
                    });
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            if (::core::convert::AsRef::<
                str,
            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.page_token)))))
                .chars()
                .count() > 500usize
            {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(5i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("page_token")), field_type
                                : Some(::protovalidate_buffa::FieldType::String), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(14i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_len")), field_type :
                                Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("string.max_len"),
                        message: ::std::borrow::Cow::Owned(
                            ::std::format!(
                                "value length must be at most {} characters", 500usize
                            ),
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for ListExcursionsResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.excursions.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursions")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::ListExcursionsResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.excursions.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursions")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for WatchReadingsRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.subjects.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                            Some(::protovalidate_buffa::FieldType::String), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(18i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
                            None, value_type : None, subscript : None, },
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(2i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("max_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.max_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at most {} items (got {})", 100usize, self
                            .subjects.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        {
            let mut seen = ::std::collections::HashSet::with_capacity(
                self.subjects.len(),
            );
            let dup = self.subjects.iter().any(|item| { !seen.insert(item) });
            if dup {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(1i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                Some(::protovalidate_buffa::FieldType::String), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(18i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("unique")), field_type :
                                Some(::protovalidate_buffa::FieldType::Bool), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("repeated.unique"),
                        message: ::std::borrow::Cow::Borrowed(
                            "repeated value must contain unique items",
                        ),
                        for_key: false,
                    });
            }
        }
        for (idx, elem) in self.subjects.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                {
                    static RE_PATTERN: ::std::sync::OnceLock<
                        ::protovalidate_buffa::regex::Regex,
                    > = ::std::sync::OnceLock::new();
                    let re = RE_PATTERN
                        .get_or_init(|| {
                            ::protovalidate_buffa::regex::Regex::new(
                                    "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                                )
                                .expect("pattern regex compiled at code-gen time")
                        });
                    if !re
                        .is_match(
                            ::core::convert::AsRef::<
                                str,
                            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(elem)))),
                        )
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(1i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                        Some(::protovalidate_buffa::FieldType::String), key_type :
                                        None, value_type : None, subscript :
                                        Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                        },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(18i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(4i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("items")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(14i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(6i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                        Some(::protovalidate_buffa::FieldType::String), key_type :
                                        None, value_type : None, subscript : None, }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                                message: ::std::borrow::Cow::Owned(
                                    ::std::format!(
                                        "value must match pattern /{}/",
                                        "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                    ),
                                ),
                                for_key: false,
                            });
                    }
                }
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            if (::core::convert::AsRef::<
                str,
            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.resume_token)))))
                .chars()
                .count() > 500usize
            {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(2i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("resume_token")),
                                field_type : Some(::protovalidate_buffa::FieldType::String),
                                key_type : None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(14i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_len")), field_type :
                                Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("string.max_len"),
                        message: ::std::borrow::Cow::Owned(
                            ::std::format!(
                                "value length must be at most {} characters", 500usize
                            ),
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::WatchReadingsRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.subjects.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                            Some(::protovalidate_buffa::FieldType::String), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(18i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
                            None, value_type : None, subscript : None, },
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(2i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("max_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.max_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at most {} items (got {})", 100usize, self
                            .subjects.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        {
            let mut seen = ::std::collections::HashSet::with_capacity(
                self.subjects.len(),
            );
            let dup = self.subjects.iter().any(|item| { !seen.insert(item) });
            if dup {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(1i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                Some(::protovalidate_buffa::FieldType::String), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(18i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("unique")), field_type :
                                Some(::protovalidate_buffa::FieldType::Bool), key_type :
                                None, value_type : None, subscript : None, },
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("repeated.unique"),
                        message: ::std::borrow::Cow::Borrowed(
                            "repeated value must contain unique items",
                        ),
                        for_key: false,
                    });
            }
        }
        for (idx, elem) in self.subjects.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                {
                    static RE_PATTERN: ::std::sync::OnceLock<
                        ::protovalidate_buffa::regex::Regex,
                    > = ::std::sync::OnceLock::new();
                    let re = RE_PATTERN
                        .get_or_init(|| {
                            ::protovalidate_buffa::regex::Regex::new(
                                    "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                                )
                                .expect("pattern regex compiled at code-gen time")
                        });
                    if !re
                        .is_match(
                            ::core::convert::AsRef::<
                                str,
                            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(elem)))),
                        )
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(1i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("subjects")), field_type :
                                        Some(::protovalidate_buffa::FieldType::String), key_type :
                                        None, value_type : None, subscript :
                                        Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                        },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(18i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("repeated")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(4i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("items")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(14i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(6i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                        Some(::protovalidate_buffa::FieldType::String), key_type :
                                        None, value_type : None, subscript : None, }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                                message: ::std::borrow::Cow::Owned(
                                    ::std::format!(
                                        "value must match pattern /{}/",
                                        "^(devices|rooms|shipments)/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                    ),
                                ),
                                for_key: false,
                            });
                    }
                }
            }
        }
        {
            #[allow(unused_imports, reason = "closed enums need the Enumeration trait")]
            use ::buffa::Enumeration as _;
            if (::core::convert::AsRef::<
                str,
            >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.resume_token)))))
                .chars()
                .count() > 500usize
            {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(2i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("resume_token")),
                                field_type : Some(::protovalidate_buffa::FieldType::String),
                                key_type : None, value_type : None, subscript : None, },
                            ],
                        },
                        rule: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(14i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("string")), field_type :
                                Some(::protovalidate_buffa::FieldType::Message), key_type :
                                None, value_type : None, subscript : None, },
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(3i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("max_len")), field_type :
                                Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                                None, value_type : None, subscript : None, }
                            ],
                        },
                        rule_id: ::std::borrow::Cow::Borrowed("string.max_len"),
                        message: ::std::borrow::Cow::Owned(
                            ::std::format!(
                                "value length must be at most {} characters", 500usize
                            ),
                        ),
                        for_key: false,
                    });
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for WatchReadingsResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.points.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("points")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        for (idx, elem) in self.excursions.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursions")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::WatchReadingsResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.points.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("points")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        for (idx, elem) in self.excursions.iter().enumerate() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (elem).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(2i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("excursions")), field_type
                                                    : Some(::protovalidate_buffa::FieldType::Message), key_type
                                                    : None, value_type : None, subscript :
                                                    Some(::protovalidate_buffa::Subscript::Index(idx as u64)),
                                                    },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for GetOverviewRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::GetOverviewRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for GetOverviewResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.overview.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("overview")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
#[allow(
    clippy::all,
    unused_mut,
    unused_variables,
    unused_parens,
    dead_code,
    unreachable_patterns,
    reason = "protovalidate-buffa generated validators — codegen emits uniform scaffolding regardless of which rules apply"
)]
impl ::protovalidate_buffa::Validate for __buffa::view::GetOverviewResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.overview.as_option() {
            {
                #[allow(
                    unused_imports,
                    reason = "closed enums need the Enumeration trait"
                )]
                use ::buffa::Enumeration as _;
                if let Err(sub) = (inner).validate() {
                    if sub.compile_error.is_some() || sub.runtime_error.is_some() {
                        return Err(sub);
                    }
                    violations
                        .extend(
                            sub
                                .violations
                                .into_iter()
                                .map(|mut v| {
                                    v.field
                                        .elements
                                        .splice(
                                            0..0,
                                            (::protovalidate_buffa::FieldPath {
                                                elements: ::std::vec![
                                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                                    Some(1i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("overview")), field_type :
                                                    Some(::protovalidate_buffa::FieldType::Message), key_type :
                                                    None, value_type : None, subscript : None, },
                                                ],
                                            })
                                                .elements,
                                        );
                                    v
                                }),
                        );
                }
            }
        }
        if let Some(index) = violations
            .iter()
            .position(|v| v.rule_id == "__cel_runtime_error__")
        {
            let v = violations.swap_remove(index);
            return ::core::result::Result::Err(::protovalidate_buffa::ValidationError {
                runtime_error: ::core::option::Option::Some(v.message.into_owned()),
                ..::core::default::Default::default()
            });
        }
        if violations.is_empty() {
            Ok(())
        } else {
            Err(::protovalidate_buffa::ValidationError {
                violations,
                ..::core::default::Default::default()
            })
        }
    }
}
