-- What a receiver refuses rests in the database, so that it holds up nobody, over restarts as well.

alter table upward_item
    add column refusals smallint not null default 0,  -- how often it was refused alone while the receiver took others
    add column next_at timestamptz;                   -- refused: it rests until then; infinity: given up; null: not refused
update upward_item set next_at = now() where refusal is not null and state in ('due','sent');
create index upward_item_ready on upward_item (receiver_id, period, start)
    where state in ('due','sent') and next_at is null;
create index upward_item_resting on upward_item (receiver_id, next_at)
    where state in ('due','sent') and next_at is not null;

-- Another address or word may take what was refused before.
create function wake_items() returns trigger language plpgsql as $$
begin
    update upward_item set next_at = null, refusals = 0
    where receiver_id = new.id and state in ('due','sent') and next_at is not null
      and (next_at < 'infinity' or start >= now() - interval '7 days');
    return null;
end $$;
create trigger receiver_changed after update on upward_receiver for each row
    when ((old.protocol, old.address, old.secret) is distinct from (new.protocol, new.address, new.secret))
    execute function wake_items();

-- What arrived before words were counted was made of those that were there when it went; a later one is a correction.
update upward_item i set words = (
    select count(*) from upward_sensor x join reported_record r on r.sensor_id = x.id
    where x.station_id = i.station_id and not x.own and r.period = i.period and r.received_at <= i.sent_at
      and r.start >= i.start and r.start >= x.since and r.start < upward_end(i.period, i.start, p.minute_min, p.zone))
from upward_place p
where p.receiver_id = i.receiver_id and p.station_id = i.station_id and p.protocol = 'hj212'
  and i.state = 'confirmed' and i.period in ('hour','day') and i.words is null and i.start >= now() - interval '7 days';
