# tsplay with an ssh client, for jobs that run a playbook (docs/shards.md). A project stands on it:
#
#   FROM tsplay
#   COPY . /project
#
FROM node:20-bookworm-slim AS build
WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm pack ./dist --pack-destination /tmp

FROM node:20-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends openssh-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /tmp/tsplay-*.tgz /tmp/
RUN npm install --global /tmp/tsplay-*.tgz && rm /tmp/tsplay-*.tgz
# The user of the image is 1000; .play is a volume where a job mounts one.
RUN install -d -o node -g node /project /project/.play
WORKDIR /project
USER node
ENTRYPOINT ["play"]
