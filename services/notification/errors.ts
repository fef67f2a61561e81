// Every reason that the notification service can give.
import { Code, rpcError } from "@larder/platform";

export const updateMaskInvalid = (path: string) =>
  rpcError("notification", Code.INVALID_ARGUMENT, "UPDATE_MASK_INVALID", `${path} cannot be changed`, { path });
