# The image of the server: Node.js, and the bundle that `npm run bundle` writes. docs/deploy.md says how to run it.

# This Node.js builds and serves. It is the version of .nvmrc.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-trixie-slim
# The system below Node.js. It must have the C and C++ libraries of NODE_IMAGE, or newer ones.
ARG BASE_IMAGE=docker.io/library/debian:13.6-slim

FROM ${NODE_IMAGE} AS runtime

# A bundle runs on every processor, so an image for another one is built without emulation.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN npm run --silent bundle

FROM ${BASE_IMAGE}
ARG REVISION=
LABEL org.opencontainers.image.title="Switchboard" \
      org.opencontainers.image.description="The typed API layer for Next.js: write a capability once, call it from React, REST, an SDK and AI chat." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=runtime /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/dist/app /app
# The user has no name, because orchestrators can only compare numbers with "not root". It owns nothing but the data.
RUN mkdir --mode=700 /data && chown 10001:10001 /data

# The compiled code is on the volume, not in the image: V8 rejects it on a processor with other features, Node.js keeps it
# per user, and it would bind the image to one architecture. So only the first start of a version is slower.
ENV NODE_ENV=production DATA_DIR=/data NODE_COMPILE_CACHE=/data/compiled PORT=3000
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 3000

# Not /api/ready, which also fails while the database does: restarting every container would not help. The server responds
# with 503 until a start has migrated the database, which may take 15 minutes.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20m --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Node.js itself, so that it gets SIGTERM. The options are explained in docs/deploy.md.
CMD ["node", "--min-semi-space-size=32", "--max-semi-space-size=64", "."]
