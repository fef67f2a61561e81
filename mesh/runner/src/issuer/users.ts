// The demo users: the customers of the demo data. All have the same password, which the sign-in page tells.
import { readFileSync } from "node:fs";

export interface DemoUser {
  /** The subject of the user's tokens, and the id of the customer. */
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
}

export const demoPassword = "larder";

const seed = new URL("../../../../services/customer/seed/customers.json", import.meta.url);
const users = new Map((JSON.parse(readFileSync(seed, "utf8")) as DemoUser[]).map((user) => [user.id, user]));

export const demoUsers = (): readonly DemoUser[] => [...users.values()];

export const findUser = (id: string): DemoUser | undefined => users.get(id);

/** The user, if name and password are right. */
export const signIn = (id: unknown, password: unknown): DemoUser | undefined =>
  password === demoPassword ? users.get(String(id)) : undefined;
