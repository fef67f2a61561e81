// The names of keys. Those of a partition share a hash slot, and rights can be given by topic: `topic:*`.

export const streamKey = (topic: string, partition: number): string => `${topic}:{${partition}}`;
export const stateKey = (topic: string, partition: number): string => `${streamKey(topic, partition)}:state`;
export const leaseKey = (topic: string, partition: number, group: string): string =>
  `${streamKey(topic, partition)}:lease:${group}`;
export const notedKey = (topic: string, partition: number, group: string): string =>
  `${streamKey(topic, partition)}:noted:${group}`;
export const partitionsKey = (topic: string): string => `${topic}:partitions`;
export const membersKey = (topic: string, group: string): string => `${topic}:members:${group}`;
