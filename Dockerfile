# The image of load workers (gameday load --kubernetes --image ...) and of the containers that make faults inside pods. Build it with:
#   npm pack && docker build -t registry/gameday:0.1.0 .
FROM node:24-slim AS hold
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY deploy/hold.c /
RUN gcc -O2 -static -pthread -o /hold /hold.c

FROM node:24-slim
RUN apt-get update && apt-get install -y --no-install-recommends nftables && rm -rf /var/lib/apt/lists/*
COPY --from=hold /hold /usr/local/bin/hold
COPY gameday-*.tgz /tmp/
RUN npm install --global --omit=dev --no-audit --no-fund /tmp/gameday-*.tgz && rm -rf /tmp/gameday-*.tgz /root/.npm
# A number, so that "runAsNonRoot" can verify that the user is not root.
USER 1000:1000
CMD ["gameday", "--help"]
