// Rooms and the events of their sensors as the contract writes them.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import type { RoomSchema, RoomStockSchema } from "@larder/contract/larder/inventory/v1/stock_pb.js";
import { newEvent, type OutgoingEvent } from "@larder/events";
import { nameOf } from "@larder/types";

/** Ids stand without their collection. */
export interface Room {
  readonly id: string;
  readonly warehouse: string;
  readonly storageClass: "AMBIENT" | "CHILLED" | "FROZEN";
  /** The ids of what measures its temperature. */
  readonly sensors: readonly string[];
}

/** What lies of a product in a room. */
export interface RoomStock {
  readonly product: string;
  readonly quantity: number;
  /** Null where nobody knows. */
  readonly bestBefore: Date | null;
}

/** A sensor and the room that it is in. */
export interface Attachment extends Pick<Room, "storageClass"> {
  readonly device: string;
  readonly room: string;
  readonly attachTime: Date;
}

export const showRoom = ({ id, warehouse, storageClass, sensors }: Room): MessageInitShape<typeof RoomSchema> => ({
  name: nameOf("rooms", id),
  warehouse: nameOf("warehouses", warehouse),
  storageClass: StorageClass[storageClass],
  sensors: sensors.map((device) => nameOf("devices", device)),
});

export const showRoomStock = ({
  product,
  quantity,
  bestBefore,
}: RoomStock): MessageInitShape<typeof RoomStockSchema> => ({
  product: nameOf("products", product),
  quantity,
  ...(bestBefore && { bestBeforeTime: timestampFromDate(bestBefore) }),
});

/** The event that tells of a sensor in a room. */
export const attachedEvent = ({ device, room, storageClass, attachTime }: Attachment): OutgoingEvent =>
  newEvent(
    SensorAttachedSchema,
    {
      device: nameOf("devices", device),
      subject: nameOf("rooms", room),
      storageClass: StorageClass[storageClass],
      attachTime: timestampFromDate(attachTime),
    },
    { source: "inventory", time: attachTime },
  );
