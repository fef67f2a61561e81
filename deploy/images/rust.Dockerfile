# A service in Rust. `make images` fills the context; README.md says what stands where in it.

# The C library, as services in TypeScript have it.
FROM scratch AS base
ARG TARGETARCH
COPY ${TARGETARCH}/libraries/ /
COPY common/ /

FROM base
ARG TARGETARCH
ARG SERVICE
ARG VERSION
ARG BUILD
COPY ${TARGETARCH}/rust/${SERVICE}/ /usr/local/bin/
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.description="The service ${SERVICE} of Larder" \
      org.opencontainers.image.vendor="Larder" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV LARDER_BUILD="${BUILD}"
USER 65532:65532
WORKDIR /
EXPOSE 50051 9464
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/service"]
