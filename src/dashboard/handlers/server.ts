/** The operations on the server itself. */
import { openApiDocument } from "../openapi.ts";
import { ProblemError } from "../problems.ts";
import type { Handlers } from "../server.ts";
import { bodyOf, type Context, json } from "./context.ts";

export function serverHandlers(context: Context): Handlers {
  const { runs, machine, rights, version, epoch, isReadOnly } = context;
  const document = openApiDocument(version);
  const token = context.isReadOnly ? null : rights.token;
  let pages = 0;
  return {
    getHealth: async () => {
      await runs.look();
      return json({
        ok: true,
        version,
        readOnly: isReadOnly,
        epoch,
        running: runs.running,
        switchOn: machine.killSwitch.read().on,
      });
    },
    getOpenApi: () => json(document),
    beginSession: (call) => {
      const cookie = rights.useCode(bodyOf<{ code: string }>(call).code);
      if (cookie === null) throw new ProblemError(NO_SUCH_CODE);
      pages++;
      return json({ token, name: `page ${pages}` }, { "set-cookie": cookie });
    },
    newCode: () => {
      const { code, expiresAtMs } = rights.newCode();
      return json({ code, link: context.link(code), expiresAt: new Date(expiresAtMs).toISOString() });
    },
  };
}

const NO_SUCH_CODE = {
  status: 401,
  code: "no-such-code",
  expected: "the unused code of a link from the last 10 minutes",
  got: "another one",
  hint: "gameday serve --link prints a new link",
};
