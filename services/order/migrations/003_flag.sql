-- The worst that an excursion did to the goods of an order on their way, as shipping told it: the id of the excursion, the spoilage risk, the
-- model that says so, the peak in degrees Celsius and when that became known. Written and read as a whole.
alter table orders add column delivery_flag jsonb;
