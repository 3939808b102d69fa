"""A consumer as users of Debian's python3-pgq write one: it notes what it sees in a table of the database it works on.

consumer.py plain|coop|remote|serial [option of skytools] config.ini
Events of type `again` are tagged for retry when they come first.
"""

import sys

import pgq


def note(curs, who, ev):
    curs.execute("insert into seen (consumer, ev_id, ev_type, ev_data, ev_retry) values (%s, %s, %s, %s, %s)",
                 [who, ev.ev_id, ev.ev_type, ev.ev_data, ev.ev_retry])


class OneByOne:
    def process_event(self, db, event):
        if event.ev_type == "again" and not event.ev_retry:
            event.tag_retry(0)
        else:
            note(db.cursor(), self.job_name, event)
            event.tag_done()


class Plain(OneByOne, pgq.Consumer):
    pass


class Coop(OneByOne, pgq.CoopConsumer):
    pass


class WholeBatches:
    def process_remote_batch(self, db, batch_id, event_list, dst_db):
        curs = dst_db.cursor()
        for event in event_list:
            note(curs, self.job_name, event)
            event.tag_done()


class Remote(WholeBatches, pgq.RemoteConsumer):
    pass


class Serial(WholeBatches, pgq.SerialConsumer):
    pass


if __name__ == "__main__":
    kind, arguments = sys.argv[1], sys.argv[2:]
    if kind in ("plain", "coop"):
        script = {"plain": Plain, "coop": Coop}[kind]("consumer", "source", arguments)
    else:
        script = {"remote": Remote, "serial": Serial}[kind]("consumer", "source", "target", arguments)
    script.start()
