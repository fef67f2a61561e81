// Resource names: `<collection>/<id>`.

/** The name of the resource: `nameOf("orders", "7")` is `orders/7`. */
export const nameOf = (collection: string, id: string): string => `${collection}/${id}`;

/** The id in a name: `idOf("orders/7")` is `7`. The rules of the contract have checked the form before. */
export const idOf = (name: string): string => name.slice(name.indexOf("/") + 1);
