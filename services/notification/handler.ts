// NotificationService: preferences and messages of the user who asks.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Channel, DeliveryState } from "@larder/contract/larder/notification/v1/notification_pb.js";
import type { NotificationService } from "@larder/contract/larder/notification/v1/notification_service_pb.js";
import type { Handler } from "@larder/platform";
import { nameOf, pageOf, readPage, subjectOf } from "@larder/types";
import { updateMaskInvalid } from "./errors.ts";
import type { PreferencesRow, Store } from "./store.ts";

const states = { QUEUED: DeliveryState.QUEUED, SENT: DeliveryState.SENT, FAILED: DeliveryState.FAILED } as const;
const changeable = ["email", "sms"] as const;

export function notificationHandler(store: Store): Handler<typeof NotificationService> {
  return {
    async getPreferences(_request, context) {
      const customer = subjectOf(context);
      return { preferences: toPreferences(customer, await store.preferences(customer)) };
    },

    async updatePreferences({ preferences, updateMask }, context) {
      const customer = subjectOf(context);
      const paths = updateMask?.paths.length ? updateMask.paths : changeable;
      const wrong = paths.find((path) => !changeable.some((name) => name === path));
      if (wrong !== undefined) throw updateMaskInvalid(wrong);
      const changes = Object.fromEntries(
        changeable.filter((name) => paths.includes(name)).map((name) => [name, preferences?.[name] ?? false]),
      );
      return { preferences: toPreferences(customer, await store.setPreferences(customer, changes)) };
    },

    async listMessages(request, context) {
      const customer = subjectOf(context);
      const scope = `messages:${customer}`;
      const page = readPage("notification", scope, request, { usual: 50, most: 200 });
      const found = await store.messages(customer, page.size + 1, page.after);
      const { rows, nextPageToken } = pageOf(scope, page, found, ({ id }) => id);
      const messages = rows.map((row) => ({
        name: nameOf("messages", row.id),
        channel: row.channel === "EMAIL" ? Channel.EMAIL : Channel.SMS,
        subject: row.subject,
        state: states[row.state],
        order: nameOf("orders", row.orderId),
        createTime: timestampFromDate(row.createTime),
      }));
      return { messages, nextPageToken };
    },
  };
}

const toPreferences = (customer: string, { email, sms }: PreferencesRow) => ({
  name: nameOf("preferences", customer),
  email,
  sms,
});
