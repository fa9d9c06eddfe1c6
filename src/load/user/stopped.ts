/** The error that a script's awaits reject with when its user is stopped for good. It is never an error of the script. */
export class UserStopped extends Error {
  override readonly name = "UserStopped";
  constructor() {
    super("the user was stopped");
  }
}
