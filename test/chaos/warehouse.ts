// The warehouse and the carrier of a run: they call the shop past the edge, as workloads of their own, and ask again until they are answered.

import { setTimeout as delay } from "node:timers/promises";
import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { type ServiceError, status } from "@grpc/grpc-js";
import { DeliveryFailure } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { Caller, type Mesh, Refusal } from "../../mesh/runner/src/index.ts";

/** How a delivery ends. */
export type End = "delivered" | "failed";

/** Answers that say nothing about the shipment: whoever is to do something with it asks again. */
const UNKNOWN = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED];
/** A stream that was reset before its status came. */
const CUT_OFF = /RST_STREAM|ECONNRESET|EPIPE|socket hang up/;
const PAUSE_MS = 400;

const { startPicking, dispatch, completeDelivery, failDelivery } = ShippingService.method;

export class Warehouse {
  readonly #backoffice: Caller;
  readonly #carrier: Caller;
  readonly #strange = new Map<string, number>();

  constructor(mesh: Pick<Mesh, "state">) {
    this.#backoffice = new Caller(() => mesh.state(), "backoffice");
    this.#carrier = new Caller(() => mesh.state(), "carrier");
  }

  /** Answers that the contract does not know, each with how often it came. */
  get strange(): readonly string[] {
    return [...this.#strange].map(([what, count]) => `${count} x ${what}`);
  }

  /**
   * Has the goods of an order, `orders/1`, brought to its door, where they are handed over or nobody is there. Answers whether the carrier was
   * told OK before the signal.
   */
  async bring(order: string, end: End, signal: AbortSignal): Promise<boolean> {
    const shipment = order.replace("orders/", "shipments/");
    const failure = DeliveryFailure.NOBODY_THERE;
    return (
      (await this.#insist(this.#backoffice, startPicking, { shipment }, signal)) &&
      (await this.#insist(this.#backoffice, dispatch, { shipment }, signal)) &&
      (end === "delivered"
        ? await this.#insist(this.#carrier, completeDelivery, { shipment }, signal)
        : await this.#insist(this.#carrier, failDelivery, { shipment, failure }, signal))
    );
  }

  close(): void {
    for (const caller of [this.#backoffice, this.#carrier]) caller.close();
  }

  /** Each step changes nothing when it is repeated. */
  async #insist<Input extends DescMessage, Output extends DescMessage>(
    caller: Caller,
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (; !signal.aborted; await delay(PAUSE_MS, undefined, { signal }).catch(() => {})) {
      try {
        await caller.call(method, request);
        return true;
      } catch (error) {
        // A sidecar that is down listens nowhere.
        if (error instanceof Refusal) continue;
        const { code, details } = error as ServiceError;
        // The saga confirms a shipment when its customer knows already that the order is.
        const early = method.name === startPicking.name && code === status.FAILED_PRECONDITION;
        if (early || UNKNOWN.includes(code) || CUT_OFF.test(details)) continue;
        const what = `${method.name}: ${status[code]} ${details.slice(0, 120)}`;
        this.#strange.set(what, (this.#strange.get(what) ?? 0) + 1);
      }
    }
    return false;
  }
}
