// CustomerService: accounts as the contract shows them.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import type { Handler } from "@larder/platform";
import { idOf, nameOf } from "@larder/types";
import { customerNotFound, notOwner } from "./errors.ts";
import type { Store } from "./store.ts";

export function customerHandler(store: Store): Handler<typeof CustomerService> {
  const customer = async (name: string) => {
    const row = await store.customer(idOf(name));
    if (!row) throw customerNotFound(name);
    return {
      name: nameOf("customers", row.id),
      displayName: row.displayName,
      email: row.email,
      phone: row.phone,
      createTime: timestampFromDate(row.createTime),
    };
  };
  return {
    async getCustomer({ name }, context) {
      if (context.user && context.user.subject !== idOf(name)) throw notOwner(name);
      return { customer: await customer(name) };
    },

    async batchGetCustomers({ names }) {
      return { customers: await Promise.all(names.map(customer)) };
    },
  };
}
