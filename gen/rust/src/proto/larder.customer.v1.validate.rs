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
impl ::protovalidate_buffa::Validate for Customer {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.create_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for __buffa::view::CustomerView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.create_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for Wallet {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.available.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("available")), field_type
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
        if let Some(inner) = self.held.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("held")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::WalletView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.available.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("available")), field_type
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
        if let Some(inner) = self.held.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("held")), field_type :
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
impl ::protovalidate_buffa::Validate for WalletHold {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.amount.as_option() {
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
                                                    Some(4i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::WalletHoldView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.amount.as_option() {
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
                                                    Some(4i32), field_name :
                                                    Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for Posting {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.amount.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
        if let Some(inner) = self.post_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for __buffa::view::PostingView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.amount.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
        if let Some(inner) = self.post_time.as_option() {}
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
impl ::protovalidate_buffa::Validate for GetCustomerRequest {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.name)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("name")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for __buffa::view::GetCustomerRequestView<'_> {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.name)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(1i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("name")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for GetCustomerResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.customer.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::GetCustomerResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.customer.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
impl ::protovalidate_buffa::Validate for BatchGetCustomersRequest {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.names.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                            .names.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.names.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                            .names.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        for (idx, elem) in self.names.iter().enumerate() {
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
                                    "^customers/[a-z0-9-]{1,60}$",
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
                                        Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                                        "^customers/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate
for __buffa::view::BatchGetCustomersRequestView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if self.names.len() < 1usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                            .names.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        if self.names.len() > 100usize {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(1i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                            .names.len()
                        ),
                    ),
                    for_key: false,
                });
        }
        for (idx, elem) in self.names.iter().enumerate() {
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
                                    "^customers/[a-z0-9-]{1,60}$",
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
                                        Some(::std::borrow::Cow::Borrowed("names")), field_type :
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
                                        "^customers/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for BatchGetCustomersResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.customers.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("customers")), field_type
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
impl ::protovalidate_buffa::Validate
for __buffa::view::BatchGetCustomersResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.customers.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("customers")), field_type
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
impl ::protovalidate_buffa::Validate for GetWalletRequest {
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
impl ::protovalidate_buffa::Validate for __buffa::view::GetWalletRequestView<'_> {
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
impl ::protovalidate_buffa::Validate for GetWalletResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.wallet.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("wallet")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::GetWalletResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.wallet.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("wallet")), field_type :
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
impl ::protovalidate_buffa::Validate for ListPostingsRequest {
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListPostingsRequestView<'_> {
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
impl ::protovalidate_buffa::Validate for ListPostingsResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.postings.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("postings")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::ListPostingsResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        for (idx, elem) in self.postings.iter().enumerate() {
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
                                                    Some(::std::borrow::Cow::Borrowed("postings")), field_type :
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
impl ::protovalidate_buffa::Validate for HoldRequest {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.customer))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(3i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.amount.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(4i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
        if self.amount.is_set() {
            if let Some(inner) = self.amount.as_option() {
                {
                    #[allow(
                        unused_imports,
                        reason = "closed enums need the Enumeration trait"
                    )]
                    use ::buffa::Enumeration as _;
                    if !((((((::core::convert::AsRef::<
                        str,
                    >::as_ref(&((inner)).currency_code))) == ("EUR"))
                        && (((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).units,
                        )) > (0i64 as i64))
                            || ((::protovalidate_buffa::cel::CelScalar::cel_int(
                                ((inner)).nanos,
                            )) > (0i64 as i64))))
                        && ((((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).nanos,
                        ))) % ((10000000i64 as i64))) == (0i64 as i64))))
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(4i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        { let mut element = ::protovalidate_buffa::FieldPathElement
                                        { field_number : Some(23i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("cel")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, }; element
                                        .subscript =
                                        Some(::protovalidate_buffa::Subscript::Index(0u64)); element
                                        }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed(
                                    "amount.positive_cents",
                                ),
                                message: ::std::borrow::Cow::Borrowed(
                                    "amount must be above zero, in EUR and whole cents",
                                ),
                                for_key: false,
                            });
                    }
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
                                                        Some(4i32), field_name :
                                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::HoldRequestView<'_> {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.customer))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(3i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.amount.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(4i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
        if self.amount.is_set() {
            if let Some(inner) = self.amount.as_option() {
                {
                    #[allow(
                        unused_imports,
                        reason = "closed enums need the Enumeration trait"
                    )]
                    use ::buffa::Enumeration as _;
                    if !((((((::core::convert::AsRef::<
                        str,
                    >::as_ref(&((inner)).currency_code))) == ("EUR"))
                        && (((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).units,
                        )) > (0i64 as i64))
                            || ((::protovalidate_buffa::cel::CelScalar::cel_int(
                                ((inner)).nanos,
                            )) > (0i64 as i64))))
                        && ((((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).nanos,
                        ))) % ((10000000i64 as i64))) == (0i64 as i64))))
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(4i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        { let mut element = ::protovalidate_buffa::FieldPathElement
                                        { field_number : Some(23i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("cel")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, }; element
                                        .subscript =
                                        Some(::protovalidate_buffa::Subscript::Index(0u64)); element
                                        }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed(
                                    "amount.positive_cents",
                                ),
                                message: ::std::borrow::Cow::Borrowed(
                                    "amount must be above zero, in EUR and whole cents",
                                ),
                                for_key: false,
                            });
                    }
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
                                                        Some(4i32), field_name :
                                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for HoldResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.hold.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::HoldResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.hold.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
impl ::protovalidate_buffa::Validate for CaptureRequest {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for __buffa::view::CaptureRequestView<'_> {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for CaptureResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.hold.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::CaptureResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.hold.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
impl ::protovalidate_buffa::Validate for VoidRequest {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for __buffa::view::VoidRequestView<'_> {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for VoidResponse {
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
impl ::protovalidate_buffa::Validate for __buffa::view::VoidResponseView<'_> {
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
impl ::protovalidate_buffa::Validate for RefundRequest {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for __buffa::view::RefundRequestView<'_> {
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
                                "^holds/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(&(::core::convert::AsRef::<str>::as_ref(&(self.hold)))),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("hold")), field_type :
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
                                    "value must match pattern /{}/", "^holds/[a-z0-9-]{1,60}$"
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
impl ::protovalidate_buffa::Validate for RefundResponse {
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
impl ::protovalidate_buffa::Validate for __buffa::view::RefundResponseView<'_> {
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
impl ::protovalidate_buffa::Validate for DepositRequest {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.customer))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.amount.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
        if self.amount.is_set() {
            if let Some(inner) = self.amount.as_option() {
                {
                    #[allow(
                        unused_imports,
                        reason = "closed enums need the Enumeration trait"
                    )]
                    use ::buffa::Enumeration as _;
                    if !((((((::core::convert::AsRef::<
                        str,
                    >::as_ref(&((inner)).currency_code))) == ("EUR"))
                        && (((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).units,
                        )) > (0i64 as i64))
                            || ((::protovalidate_buffa::cel::CelScalar::cel_int(
                                ((inner)).nanos,
                            )) > (0i64 as i64))))
                        && ((((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).nanos,
                        ))) % ((10000000i64 as i64))) == (0i64 as i64))))
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(3i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        { let mut element = ::protovalidate_buffa::FieldPathElement
                                        { field_number : Some(23i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("cel")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, }; element
                                        .subscript =
                                        Some(::protovalidate_buffa::Subscript::Index(0u64)); element
                                        }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed(
                                    "amount.positive_cents",
                                ),
                                message: ::std::borrow::Cow::Borrowed(
                                    "amount must be above zero, in EUR and whole cents",
                                ),
                                for_key: false,
                            });
                    }
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
                                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::DepositRequestView<'_> {
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
                                "^customers/[a-z0-9-]{1,60}$",
                            )
                            .expect("pattern regex compiled at code-gen time")
                    });
                if !re
                    .is_match(
                        ::core::convert::AsRef::<
                            str,
                        >::as_ref(
                            &(::core::convert::AsRef::<str>::as_ref(&(self.customer))),
                        ),
                    )
                {
                    violations
                        .push(::protovalidate_buffa::Violation {
                            field: ::protovalidate_buffa::FieldPath {
                                elements: ::std::vec![
                                    ::protovalidate_buffa::FieldPathElement { field_number :
                                    Some(2i32), field_name :
                                    Some(::std::borrow::Cow::Borrowed("customer")), field_type :
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
                                    "^customers/[a-z0-9-]{1,60}$"
                                ),
                            ),
                            for_key: false,
                        });
                }
            }
        }
        if !self.amount.is_set() {
            violations
                .push(::protovalidate_buffa::Violation {
                    field: ::protovalidate_buffa::FieldPath {
                        elements: ::std::vec![
                            ::protovalidate_buffa::FieldPathElement { field_number :
                            Some(3i32), field_name :
                            Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                            Some(::protovalidate_buffa::FieldType::Message), key_type :
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
        if self.amount.is_set() {
            if let Some(inner) = self.amount.as_option() {
                {
                    #[allow(
                        unused_imports,
                        reason = "closed enums need the Enumeration trait"
                    )]
                    use ::buffa::Enumeration as _;
                    if !((((((::core::convert::AsRef::<
                        str,
                    >::as_ref(&((inner)).currency_code))) == ("EUR"))
                        && (((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).units,
                        )) > (0i64 as i64))
                            || ((::protovalidate_buffa::cel::CelScalar::cel_int(
                                ((inner)).nanos,
                            )) > (0i64 as i64))))
                        && ((((::protovalidate_buffa::cel::CelScalar::cel_int(
                            ((inner)).nanos,
                        ))) % ((10000000i64 as i64))) == (0i64 as i64))))
                    {
                        violations
                            .push(::protovalidate_buffa::Violation {
                                field: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        ::protovalidate_buffa::FieldPathElement { field_number :
                                        Some(3i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, },
                                    ],
                                },
                                rule: ::protovalidate_buffa::FieldPath {
                                    elements: ::std::vec![
                                        { let mut element = ::protovalidate_buffa::FieldPathElement
                                        { field_number : Some(23i32), field_name :
                                        Some(::std::borrow::Cow::Borrowed("cel")), field_type :
                                        Some(::protovalidate_buffa::FieldType::Message), key_type :
                                        None, value_type : None, subscript : None, }; element
                                        .subscript =
                                        Some(::protovalidate_buffa::Subscript::Index(0u64)); element
                                        }
                                    ],
                                },
                                rule_id: ::std::borrow::Cow::Borrowed(
                                    "amount.positive_cents",
                                ),
                                message: ::std::borrow::Cow::Borrowed(
                                    "amount must be above zero, in EUR and whole cents",
                                ),
                                for_key: false,
                            });
                    }
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
                                                        Some(::std::borrow::Cow::Borrowed("amount")), field_type :
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
impl ::protovalidate_buffa::Validate for DepositResponse {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.wallet.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("wallet")), field_type :
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
impl ::protovalidate_buffa::Validate for __buffa::view::DepositResponseView<'_> {
    fn validate(
        &self,
    ) -> ::core::result::Result<(), ::protovalidate_buffa::ValidationError> {
        let mut violations: ::std::vec::Vec<::protovalidate_buffa::Violation> = ::std::vec::Vec::new();
        if let Some(inner) = self.wallet.as_option() {
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
                                                    Some(::std::borrow::Cow::Borrowed("wallet")), field_type :
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
