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
impl ::protovalidate_buffa::Validate for Stock {
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
impl ::protovalidate_buffa::Validate for __buffa::view::StockView<'_> {
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
impl ::protovalidate_buffa::Validate for Room {
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
impl ::protovalidate_buffa::Validate for __buffa::view::RoomView<'_> {
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
impl ::protovalidate_buffa::Validate for RoomStock {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.best_before_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for __buffa::view::RoomStockView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.best_before_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for Reservation {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.lines.iter().enumerate() {
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
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("lines")), field_type :
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
        if let Some(inner) = self.expire_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReservationView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.lines.iter().enumerate() {
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
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("lines")), field_type :
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
        if let Some(inner) = self.expire_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for ReservationLine {
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReservationLineView<'_> {
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
impl ::protovalidate_buffa::Validate for BatchGetStockRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.products.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("min_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.min_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at least {} items (got {})", 1usize, self
                            .products.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.products.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                            .products.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        {
            let mut seen = ::std::collections::HashSet::with_capacity(
                self.products.len(),
            );
            let dup = self.products.iter().any(|item| { !seen.insert(item) });
            if dup {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(1i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
        for (idx, elem) in self.products.iter().enumerate() {
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
                                    "^products/[a-z0-9-]{1,80}$",
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
                                        Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                                        "^products/[a-z0-9-]{1,80}$"
                                    ),
                                ),
                                for_key: false,
                            });
                    }
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
impl ::protovalidate_buffa::Validate for __buffa::view::BatchGetStockRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.products.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("min_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.min_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at least {} items (got {})", 1usize, self
                            .products.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.products.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                            .products.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        {
            let mut seen = ::std::collections::HashSet::with_capacity(
                self.products.len(),
            );
            let dup = self.products.iter().any(|item| { !seen.insert(item) });
            if dup {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(1i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
        for (idx, elem) in self.products.iter().enumerate() {
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
                                    "^products/[a-z0-9-]{1,80}$",
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
                                        Some(::std::borrow::Cow::Borrowed("products")), field_type :
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
                                        "^products/[a-z0-9-]{1,80}$"
                                    ),
                                ),
                                for_key: false,
                            });
                    }
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
impl ::protovalidate_buffa::Validate for BatchGetStockResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.stocks.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stocks")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::BatchGetStockResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.stocks.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stocks")), field_type :
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
impl ::protovalidate_buffa::Validate for StockLine {
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
                                "^products/[a-z0-9-]{1,80}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.product))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("product")), field_type :
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
                                    "^products/[a-z0-9-]{1,80}$"
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
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.quantity)) >= 1i32 && ((self.quantity)) <= 99i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(2i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("quantity")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
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
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte_lte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte_lte",
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
impl ::protovalidate_buffa::Validate for __buffa::view::StockLineView<'_> {
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
                                "^products/[a-z0-9-]{1,80}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.product))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("product")), field_type :
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
                                    "^products/[a-z0-9-]{1,80}$"
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
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.quantity)) >= 1i32 && ((self.quantity)) <= 99i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(2i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("quantity")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
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
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte_lte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte_lte",
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
impl ::protovalidate_buffa::Validate for ReserveRequest {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^orders/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.order))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("order")), field_type :
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
                                    "value must match pattern /{}/", "^orders/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if self.lines.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("lines")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("min_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.min_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at least {} items (got {})", 1usize, self
                            .lines.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.lines.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("lines")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
                            .lines.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        for (idx, elem) in self.lines.iter().enumerate() {
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
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("lines")), field_type :
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
        violations
            .push(::protovalidate_buffa::Violation {
                field: ::protovalidate_buffa::FieldPath::default(),
                rule: ::protovalidate_buffa::FieldPath::default(),
                rule_id: ::std::borrow::Cow::Borrowed("__cel_runtime_error__"),
                message: ::std::borrow::Cow::Borrowed(
                    "cel runtime error in rule \"lines.unique\": unsupported CEL: this.map(l, l.product).unique()",
                ),
                for_key: false,
            });
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReserveRequestView<'_> {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^orders/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.order))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("order")), field_type :
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
                                    "value must match pattern /{}/", "^orders/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if self.lines.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("lines")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("min_items")), field_type :
                            Some(::protovalidate_buffa::FieldType::Uint64), key_type :
                            None, value_type : None, subscript : None, },
                        ],
                    },
                    rule_id: ::std::borrow::Cow::Borrowed("repeated.min_items"),
                    message: ::std::borrow::Cow::Owned(
                        ::std::format!(
                            "list must contain at least {} items (got {})", 1usize, self
                            .lines.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.lines.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("lines")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
                            .lines.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        for (idx, elem) in self.lines.iter().enumerate() {
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
                                                    Some(3i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("lines")), field_type :
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
        violations
            .push(::protovalidate_buffa::Violation {
                field: ::protovalidate_buffa::FieldPath::default(),
                rule: ::protovalidate_buffa::FieldPath::default(),
                rule_id: ::std::borrow::Cow::Borrowed("__cel_runtime_error__"),
                message: ::std::borrow::Cow::Borrowed(
                    "cel runtime error in rule \"lines.unique\": unsupported CEL: this.map(l, l.product).unique()",
                ),
                for_key: false,
            });
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
impl ::protovalidate_buffa::Validate for ReserveResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.reservation.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("reservation")),
                                                    field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReserveResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.reservation.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("reservation")),
                                                    field_type :
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
impl ::protovalidate_buffa::Validate for CommitRequest {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for __buffa::view::CommitRequestView<'_> {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for CommitResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.reservation.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("reservation")),
                                                    field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::CommitResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.reservation.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("reservation")),
                                                    field_type :
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
impl ::protovalidate_buffa::Validate for ReleaseRequest {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<
                                str,
                            >::as_ref(&(self.undone_request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("undone_request_id")),
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReleaseRequestView<'_> {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<
                                str,
                            >::as_ref(&(self.undone_request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("undone_request_id")),
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for ReleaseResponse {
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReleaseResponseView<'_> {
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
impl ::protovalidate_buffa::Validate for RestockRequest {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<
                                str,
                            >::as_ref(&(self.undone_request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("undone_request_id")),
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for __buffa::view::RestockRequestView<'_> {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<
                                str,
                            >::as_ref(&(self.undone_request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("undone_request_id")),
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^reservations/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.reservation))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("reservation")),
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
                                    "^reservations/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for RestockResponse {
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
impl ::protovalidate_buffa::Validate for __buffa::view::RestockResponseView<'_> {
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
impl ::protovalidate_buffa::Validate for ReceiveStockRequest {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^products/[a-z0-9-]{1,80}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.product))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("product")), field_type :
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
                                    "^products/[a-z0-9-]{1,80}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^warehouses/[a-z0-9-]{1,40}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.warehouse))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(3i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("warehouse")), field_type
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
                                    "^warehouses/[a-z0-9-]{1,40}$"
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
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.quantity)) >= 1i32 && ((self.quantity)) <= 100000i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("quantity")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
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
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte_lte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte_lte",
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReceiveStockRequestView<'_> {
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
                                "^[A-Za-z0-9/_-]{1,100}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.request_id))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("request_id")), field_type
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
                                    Some(6i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("pattern")), field_type :
                                    Some(::protovalidate_buffa::FieldType::String), key_type :
                                    None, value_type : None, subscript : None, }
                                ],
                            },
                            rule_id: ::std::borrow::Cow::Borrowed("string.pattern"),
                            message: ::std::borrow::Cow::Owned(
                                ::std::format!(
                                    "value must match pattern /{}/", "^[A-Za-z0-9/_-]{1,100}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^products/[a-z0-9-]{1,80}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.product))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("product")), field_type :
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
                                    "^products/[a-z0-9-]{1,80}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^warehouses/[a-z0-9-]{1,40}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.warehouse))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(3i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("warehouse")), field_type
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
                                    "^warehouses/[a-z0-9-]{1,40}$"
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
            #[allow(
                unused_comparisons,
                reason = "schema bounds may coincide with type limits"
            )]
            if !(((self.quantity)) >= 1i32 && ((self.quantity)) <= 100000i32) {
                violations
                    .push(::protovalidate_buffa::Violation {
                        field: ::protovalidate_buffa::FieldPath {
                            elements: ::std::vec![
                                ::protovalidate_buffa::FieldPathElement { field_number :
                                Some(4i32), field_name :
                                Some(::std::borrow::Cow::Borrowed("quantity")), field_type :
                                Some(::protovalidate_buffa::FieldType::Int32), key_type :
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
                        rule_id: ::std::borrow::Cow::Borrowed("int32.gte_lte"),
                        message: ::std::borrow::Cow::Borrowed(
                            "value must satisfy int32.gte_lte",
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
impl ::protovalidate_buffa::Validate for ReceiveStockResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.stock.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stock")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ReceiveStockResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.stock.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stock")), field_type :
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
impl ::protovalidate_buffa::Validate for ListRoomsRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
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
                                Some(1i32), field_name :
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
                                Some(2i32), field_name :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListRoomsRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
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
                                Some(1i32), field_name :
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
                                Some(2i32), field_name :
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
impl ::protovalidate_buffa::Validate for ListRoomsResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.rooms.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("rooms")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListRoomsResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.rooms.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("rooms")), field_type :
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
impl ::protovalidate_buffa::Validate for ListRoomStockRequest {
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
                                "^rooms/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.room)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
                                    "value must match pattern /{}/", "^rooms/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListRoomStockRequestView<'_> {
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
                                "^rooms/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.room)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
                                    "value must match pattern /{}/", "^rooms/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for ListRoomStockResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.room.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
        for (idx, elem) in self.stock.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stock")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListRoomStockResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.room.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
        for (idx, elem) in self.stock.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("stock")), field_type :
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
impl ::protovalidate_buffa::Validate for AttachRoomSensorRequest {
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
                                "^rooms/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.room)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
                                    "value must match pattern /{}/", "^rooms/[a-z0-9-]{1,60}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^devices/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.device))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("device")), field_type :
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
                                    "^devices/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for __buffa::view::AttachRoomSensorRequestView<'_> {
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
                                "^rooms/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.room)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
                                    "value must match pattern /{}/", "^rooms/[a-z0-9-]{1,60}$"
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
                static RE_PATTERN: ::std::sync::OnceLock<
                    ::protovalidate_buffa::regex::Regex,
                > = ::std::sync::OnceLock::new();
                let re = RE_PATTERN
                    .get_or_init(|| {
                        ::protovalidate_buffa::regex::Regex::new(
                                "^devices/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.device))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("device")), field_type :
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
                                    "^devices/[a-z0-9-]{1,60}([.][a-z0-9-]{1,60})?$"
                                ),
                            ),
                            for_key: false,
                        });
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
impl ::protovalidate_buffa::Validate for AttachRoomSensorResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.room.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
impl ::protovalidate_buffa::Validate
for __buffa::view::AttachRoomSensorResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.room.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("room")), field_type :
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
