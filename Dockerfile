# An image whose containers can be workers of a load (gameday load --kubernetes --image ...) and that faults in pods are made with:
#   npm pack && docker build -t registry/gameday:0.1.0 .
FROM node:24-slim AS hold
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY deploy/hold.c /
RUN gcc -O2 -static -o /hold /hold.c

FROM node:24-slim
RUN apt-get update && apt-get install -y --no-install-recommends nftables && rm -rf /var/lib/apt/lists/*
COPY --from=hold /hold /usr/local/bin/hold
COPY gameday-*.tgz /tmp/
RUN npm install --global --omit=dev --no-audit --no-fund /tmp/gameday-*.tgz && rm -rf /tmp/gameday-*.tgz /root/.npm
# By number: "runAsNonRoot" must be able to see that it is not root.
USER 1000:1000
CMD ["gameday", "--help"]
