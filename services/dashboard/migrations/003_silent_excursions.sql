-- The overview counts those that ended because their sensor fell silent: larder.coldchain.v1.ExcursionEndReason.
create index excursions_silent on excursions (end_time) where end_reason = 3;
