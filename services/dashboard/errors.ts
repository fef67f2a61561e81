// Every reason that the dashboard service can give.
import { Code, rpcError } from "@larder/platform";

const domain = "dashboard";

export const rangeInvalid = (message: string) => rpcError(domain, Code.INVALID_ARGUMENT, "RANGE_INVALID", message);

export const pageTokenInvalid = () =>
  rpcError(domain, Code.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token was not given by this list");

export const resumeTokenInvalid = () =>
  rpcError(domain, Code.INVALID_ARGUMENT, "RESUME_TOKEN_INVALID", "resume_token was not given by this method");

export const resumeTokenExpired = () =>
  rpcError(
    domain,
    Code.OUT_OF_RANGE,
    "RESUME_TOKEN_EXPIRED",
    "what was missed is older than an hour: begin anew without resume_token",
  );
