/** Thrown into a script's awaits when its user is stopped for good; never an error of the script. */
export class UserStopped extends Error {
  override readonly name = "UserStopped";
  constructor() {
    super("the user was stopped");
  }
}
