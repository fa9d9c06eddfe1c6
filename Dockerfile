# An image whose containers can be workers of a load (gameday load --kubernetes --image ...):
#   npm pack && docker build -t registry/gameday:0.1.0 .
FROM node:24-slim
COPY gameday-*.tgz /tmp/
RUN npm install --global --omit=dev --no-audit --no-fund /tmp/gameday-*.tgz && rm -rf /tmp/gameday-*.tgz /root/.npm
# By number: "runAsNonRoot" must be able to see that it is not root.
USER 1000:1000
CMD ["gameday", "--help"]
