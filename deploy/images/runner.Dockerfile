# The agent of compose.yaml, and what stands there for an identity provider and for mail: one program in several roles.
# `make images` fills the context; README.md says what stands where in it.

FROM scratch AS base
ARG TARGETARCH
COPY ${TARGETARCH}/libraries/ /
COPY common/ /

FROM base
ARG TARGETARCH
ARG VERSION
ARG BUILD
COPY ${TARGETARCH}/node/ /
COPY ${TARGETARCH}/runner-packages/ /app/
COPY kits/ /app/
COPY runner/ /app/
LABEL org.opencontainers.image.title="runner" \
      org.opencontainers.image.description="What Larder needs besides its services, in containers of one machine" \
      org.opencontainers.image.vendor="Larder" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    LARDER_BUILD="${BUILD}"
USER 65532:65532
WORKDIR /app/mesh/runner
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=1", "--expose-gc"]
CMD ["src/compose/main.ts"]
