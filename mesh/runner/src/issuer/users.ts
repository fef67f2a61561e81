// The demo users: the customers of the demo data, and one of the staff. All have the same password, which the sign-in page
// tells.
import { readFileSync } from "node:fs";
import { customerScopes, staffScopes } from "./scopes.ts";

export interface DemoUser {
  /** The subject of the user's tokens, and the id of the customer. */
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  /** What the user's tokens may carry. */
  readonly scopes: readonly string[];
}

export const demoPassword = "larder";

const seed = new URL("../../../../services/customer/seed/customers.json", import.meta.url);
const customers = (JSON.parse(readFileSync(seed, "utf8")) as Omit<DemoUser, "scopes">[]).map((customer) => ({
  ...customer,
  scopes: customerScopes,
}));

/** Works at the cold rooms, and is no customer. */
export const staffUser: DemoUser = {
  id: "nora",
  displayName: "Nora (staff)",
  email: "nora@larder.example",
  scopes: staffScopes,
};

const users = new Map<string, DemoUser>([...customers, staffUser].map((user) => [user.id, user]));

/** The customers: who shops. */
export const demoCustomers = (): readonly DemoUser[] => customers;

export const demoUsers = (): readonly DemoUser[] => [...users.values()];

export const findUser = (id: string): DemoUser | undefined => users.get(id);

/** The user, if name and password are right. */
export const signIn = (id: unknown, password: unknown): DemoUser | undefined =>
  password === demoPassword ? users.get(String(id)) : undefined;
