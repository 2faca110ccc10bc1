# The base can be replaced, e.g. by one of your own that has Node 24: docker build --build-arg NODE_IMAGE=…
ARG NODE_IMAGE=node:24-alpine

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# A registry of your own, or one with a login: docker build --secret id=npmrc,src="$HOME/.npmrc" … (no layer keeps it).
# --ignore-scripts: the image has its own Node, and nothing else in the dependencies needs building.
RUN --mount=type=secret,id=npmrc,target=/npmrc npm ci --userconfig=/npmrc --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts ./scripts/build.ts
COPY scripts/bundle ./scripts/bundle
COPY spec ./spec
COPY src ./src
RUN npm run --silent build

# Beside the build, not after it: `npm prune` takes as long, and leaves the folders of what it removes.
FROM ${NODE_IMAGE} AS files
WORKDIR /gatetape
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/npmrc npm ci --userconfig=/npmrc --ignore-scripts --omit=dev
# What browsers and CommonJS would load.
RUN rm -rf node_modules/yaml/browser node_modules/fflate/umd node_modules/hono/dist/cjs
COPY LICENSE ./
COPY spec ./spec
COPY cassettes ./cassettes
COPY --from=build /build/dist ./dist
# Types and source maps are for those who import the library; the image is for the command.
RUN find . \( -name "*.d.ts" -o -name "*.d.mts" -o -name "*.d.cts" -o -name "*.map" \) -type f -delete
# A checkout may be its owner's alone (umask 077); of the image anybody may read all, and change nothing.
RUN rm package-lock.json && chmod -R a+rX,go-w .

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /gatetape
COPY --from=files /gatetape ./
# A number, so that a cluster that demands a user without rights can see that it is one.
USER 65534:65534
EXPOSE 4010
# Docker first asks after one interval: whoever waits for "healthy" waits as long.
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/__gatetape/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The whole path, so that it is found whatever the --workdir.
ENTRYPOINT ["node", "/gatetape/dist/cli/main.js"]
CMD ["mock", "--host", "0.0.0.0"]
