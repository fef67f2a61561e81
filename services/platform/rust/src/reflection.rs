//! What a server offers, for tools that have no stubs: reflection over its services and all that they import.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use connectrpc::dispatcher::{MethodDescriptor, RequestStream, StreamingResult, UnaryResult};
use connectrpc::{
    CodecFormat, Dispatcher, ErrorCode, InboundStream, Payload, RequestContext, Response,
    ServiceResult, ServiceStream,
};
use futures::StreamExt as _;
use larder_contract::others::grpc::reflection::v1::__buffa::oneof::server_reflection_request::MessageRequest;
use larder_contract::others::grpc::reflection::v1::__buffa::oneof::server_reflection_response::MessageResponse;
use larder_contract::others::grpc::reflection::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};
use larder_contract::others_rpc::grpc::reflection::v1::{ServerReflection, ServerReflectionServer};

use crate::contract::qualified;

/// The files of a server, by what is asked for.
pub(crate) struct Index {
    services: Vec<String>,
    files: HashMap<String, FileDescriptorProto>,
    symbols: HashMap<String, String>,
    extensions: HashMap<(String, i32), String>,
}

impl Index {
    /// Offers the services named, out of these files.
    pub(crate) fn new(services: Vec<String>, files: Vec<FileDescriptorProto>) -> Self {
        let mut index = Self {
            services,
            files: HashMap::new(),
            symbols: HashMap::new(),
            extensions: HashMap::new(),
        };
        for file in files {
            let (name, package) = (file.name.clone().unwrap_or_default(), file.package.clone());
            for message in &file.message_type {
                index.message(&name, package.as_deref(), message);
            }
            let enums = file.enum_type.iter().map(|it| it.name.as_deref());
            let services = file.service.iter().map(|it| it.name.as_deref());
            for symbol in enums.chain(services) {
                index
                    .symbols
                    .insert(qualified(package.as_deref(), symbol), name.clone());
            }
            for extension in &file.extension {
                index.extension(&name, package.as_deref(), extension);
            }
            index.files.insert(name, file);
        }
        index
    }

    fn message(&mut self, file: &str, outer: Option<&str>, message: &DescriptorProto) {
        let own = qualified(outer, message.name.as_deref());
        for nested in &message.nested_type {
            self.message(file, Some(&own), nested);
        }
        for nested in &message.enum_type {
            self.symbols.insert(
                qualified(Some(&own), nested.name.as_deref()),
                file.to_owned(),
            );
        }
        for extension in &message.extension {
            self.extension(file, Some(&own), extension);
        }
        self.symbols.insert(own, file.to_owned());
    }

    fn extension(&mut self, file: &str, outer: Option<&str>, extension: &FieldDescriptorProto) {
        let extendee = extension
            .extendee
            .as_deref()
            .unwrap_or_default()
            .trim_start_matches('.')
            .to_owned();
        self.symbols
            .insert(qualified(outer, extension.name.as_deref()), file.to_owned());
        self.extensions.insert(
            (extendee, extension.number.unwrap_or_default()),
            file.to_owned(),
        );
    }

    fn answer(&self, request: Option<&MessageRequest>) -> MessageResponse {
        match request {
            Some(MessageRequest::ListServices(_)) => {
                let named = |name: &String| ServiceResponse {
                    name: name.clone(),
                    ..Default::default()
                };
                let service = self.services.iter().map(named).collect();
                ListServiceResponse {
                    service,
                    ..Default::default()
                }
                .into()
            }
            Some(MessageRequest::FileByFilename(name)) => {
                self.found(self.files.get_key_value(name).map(|it| it.0))
            }
            Some(MessageRequest::FileContainingSymbol(symbol)) => {
                // A method, field or enum value is found in the file of the type that holds it.
                let holder = symbol.rsplit_once('.').map(|it| it.0);
                self.found(
                    self.symbols
                        .get(symbol)
                        .or_else(|| self.symbols.get(holder?)),
                )
            }
            Some(MessageRequest::FileContainingExtension(asked)) => self.found(
                self.extensions
                    .get(&(asked.containing_type.clone(), asked.extension_number)),
            ),
            Some(MessageRequest::AllExtensionNumbersOfType(name))
                if self.symbols.contains_key(name) =>
            {
                let of = self
                    .extensions
                    .keys()
                    .filter(|it| it.0 == *name)
                    .map(|it| it.1);
                let extension_number = of.collect::<BTreeSet<_>>().into_iter().collect();
                ExtensionNumberResponse {
                    base_type_name: name.clone(),
                    extension_number,
                    ..Default::default()
                }
                .into()
            }
            Some(MessageRequest::AllExtensionNumbersOfType(_)) => self.found(None),
            None => failure(ErrorCode::InvalidArgument, "nothing asked"),
        }
    }

    /// A file with all that it imports.
    fn found(&self, file: Option<&String>) -> MessageResponse {
        let Some(file) = file else {
            return failure(ErrorCode::NotFound, "not found");
        };
        let (mut names, mut next) = (vec![file], 0);
        while let Some(file) = names.get(next).and_then(|name| self.files.get(*name)) {
            next += 1;
            for dependency in &file.dependency {
                if !names.contains(&dependency) {
                    names.push(dependency);
                }
            }
        }
        let bytes = names
            .iter()
            .filter_map(|name| self.files.get(*name))
            .map(buffa::Message::encode_to_vec);
        FileDescriptorResponse {
            file_descriptor_proto: bytes.collect(),
            ..Default::default()
        }
        .into()
    }
}

fn failure(code: ErrorCode, message: &str) -> MessageResponse {
    let error_code = i32::try_from(code.grpc_code()).unwrap_or_default();
    ErrorResponse {
        error_code,
        error_message: message.to_owned(),
        ..Default::default()
    }
    .into()
}

impl ServerReflection for Shelf {
    async fn server_reflection_info(
        &self,
        _: RequestContext,
        requests: InboundStream<ServerReflectionRequest>,
    ) -> ServiceResult<ServiceStream<ServerReflectionResponse>> {
        let index = Arc::clone(&self.0);
        Ok(Response::stream(requests.map(move |request| {
            let request = request?.to_owned_message();
            Ok(ServerReflectionResponse {
                valid_host: request.host.clone(),
                message_response: Some(index.answer(request.message_request.as_ref())),
                original_request: buffa::MessageField::some(request),
                ..Default::default()
            })
        })))
    }
}

/// An index whose answers may outlast the call.
struct Shelf(Arc<Index>);

/// Both versions of reflection, which differ in nothing but their names.
pub(crate) struct Reflection(ServerReflectionServer<Shelf>);

impl Reflection {
    pub(crate) fn new(index: Index) -> Self {
        Self(ServerReflectionServer::new(Shelf(Arc::new(index))))
    }
}

fn as_v1(path: &str) -> String {
    path.replacen("grpc.reflection.v1alpha.", "grpc.reflection.v1.", 1)
}

impl Dispatcher for Reflection {
    fn lookup(&self, path: &str) -> Option<MethodDescriptor> {
        self.0.lookup(&as_v1(path))
    }

    fn call_unary(
        &self,
        path: &str,
        context: RequestContext,
        request: Payload,
        format: CodecFormat,
    ) -> UnaryResult {
        self.0.call_unary(path, context, request, format)
    }

    fn call_server_streaming(
        &self,
        path: &str,
        context: RequestContext,
        request: buffa::bytes::Bytes,
        format: CodecFormat,
    ) -> StreamingResult {
        self.0.call_server_streaming(path, context, request, format)
    }

    fn call_client_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> UnaryResult {
        self.0
            .call_client_streaming(path, context, requests, format)
    }

    fn call_bidi_streaming(
        &self,
        path: &str,
        context: RequestContext,
        requests: RequestStream,
        format: CodecFormat,
    ) -> StreamingResult {
        self.0
            .call_bidi_streaming(&as_v1(path), context, requests, format)
    }
}
