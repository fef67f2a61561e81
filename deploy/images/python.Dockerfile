# A service in Python. `make images` fills the context; README.md says what stands where in it.

# The C library and its like, as services in TypeScript have them.
FROM scratch AS base
ARG TARGETARCH
COPY ${TARGETARCH}/libraries/ /
COPY common/ /

# What all services in Python share.
FROM base AS runtime
ARG TARGETARCH
COPY ${TARGETARCH}/python/ /
COPY python-kits/ /

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
# All is compiled, and nothing may be written; what it says goes out at once.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LARDER_BUILD="${BUILD}"
USER 65532:65532
WORKDIR /app/services/${SERVICE}
EXPOSE 50051 9464
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/python3.13", "main.py"]
