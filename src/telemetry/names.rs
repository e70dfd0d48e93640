//! Every figure with its sentence for Prometheus; docs/operations.md says the same with its labels.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// Tells the recorder what each figure is.
pub(super) fn describe() {
    for (name, help) in COUNTERS {
        describe_counter!(*name, *help);
    }
    for (name, help) in GAUGES {
        describe_gauge!(*name, *help);
    }
    for (name, help) in HISTOGRAMS {
        describe_histogram!(*name, *help);
    }
}

const COUNTERS: &[(&str, &str)] = &[
    ("hufu_http_requests_total", "Requests answered, by route."),
    ("hufu_panics_total", "Requests, jobs and connections that ended in a program error."),
    ("hufu_sign_ins_total", "Tries to sign in, by connector and outcome."),
    ("hufu_tokens_total", "Answers of the token endpoint, by grant and outcome."),
    ("hufu_sms_messages_total", "Short messages, by sender and what became of them."),
    ("hufu_sms_warnings_total", "Times that codes stopped being typed, by what was noticed."),
    ("hufu_upstream_requests_total", "Requests to platforms and other servers, by host and outcome."),
    ("hufu_logout_tokens_total", "Back-channel logout tokens, by what became of them."),
    ("hufu_directory_reads_total", "Passes over companies' directories that ended, by how."),
    ("hufu_swept_rows_total", "Expired rows deleted."),
    ("hufu_tls_renewals_total", "Times that changed TLS files were read, by outcome."),
];

const GAUGES: &[(&str, &str)] = &[
    ("hufu_password_hash_permits", "Places for hashing a password, in all and free."),
    ("hufu_password_hash_waiting", "Sign-ins that wait for a place to hash."),
    ("hufu_store_queue_length", "Changes that wait for the writer of SQLite; 0 on PostgreSQL."),
    ("hufu_store_connections", "Connections to PostgreSQL, in use and idle; none on SQLite."),
    ("hufu_logout_tokens_waiting", "Logout tokens that wait to be sent, on all nodes."),
    ("hufu_directory_changes_waiting", "Changes pushed by directories that wait to be taken up, on all nodes."),
    ("hufu_directory_reads_running", "Passes over companies' directories that are under way, on all nodes."),
    ("hufu_build_info", "Always 1; the version is a label."),
    ("process_resident_memory_bytes", "Memory of the process that is in RAM."),
    ("process_open_fds", "Open file descriptors of the process."),
];

const HISTOGRAMS: &[(&str, &str)] = &[
    ("hufu_http_request_seconds", "Time to the answer, by route."),
    ("hufu_upstream_request_seconds", "Time to the answer of another server, by host."),
];
