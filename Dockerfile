# The base can be replaced, e.g. by one of your own that has Node 24: docker build --build-arg NODE_IMAGE=…
ARG NODE_IMAGE=node:24-alpine

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# --ignore-scripts: the image has its own Node, and nothing else in the dependencies needs building.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /gatetape
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY spec ./spec
COPY cassettes ./cassettes
# A number, so that a cluster that demands a user without rights can see that it is one.
USER 65534:65534
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=2s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/__gatetape').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["mock", "--host", "0.0.0.0"]
