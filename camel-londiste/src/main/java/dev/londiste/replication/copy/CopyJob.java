package dev.londiste.replication.copy;

import dev.londiste.replication.sync.ChangeAppliers;
import dev.londiste.replication.sync.Job;
import java.util.concurrent.ExecutorService;

/** What all copies of a job share. Thread-safe. */
record CopyJob(Job job, CopyOptions options, Throttle throttle, ChangeAppliers appliers, ExecutorService executor) {}
