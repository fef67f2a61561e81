# A service in TypeScript. `make images` fills the context; README.md says what stands where in it.

# The C library and its like, as far as Node.js needs them.
FROM scratch AS base
ARG TARGETARCH
COPY ${TARGETARCH}/libraries/ /
COPY common/ /

# What all services in TypeScript share.
FROM base AS runtime
ARG TARGETARCH
COPY ${TARGETARCH}/node/ /
COPY ${TARGETARCH}/packages/ /app/
COPY kits/ /app/

FROM runtime
ARG SERVICE
ARG VERSION
ARG BUILD
COPY services/${SERVICE}/ /app/services/${SERVICE}/
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.description="The service ${SERVICE} of Larder" \
      org.opencontainers.image.vendor="Larder" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    LARDER_BUILD="${BUILD}"
USER 65532:65532
WORKDIR /app/services/${SERVICE}
EXPOSE 50051 9464
STOPSIGNAL SIGTERM
# No shell in between: the process gets its signals itself. It is kept as small as on one machine: mesh/runner/README.md says how.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=8", "--expose-gc", "main.ts"]
