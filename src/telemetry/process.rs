//! What the kernel says of this process, under the names that every Prometheus dashboard knows. Linux only.

use metrics::gauge;

/// Bytes of a page of memory, as the kernel counts them for us.
const PAGE: f64 = 4096.0;

/// Sets the gauges from `/proc/self`; where there is none they are left out.
pub(super) fn sample() {
    if let Some(pages) = std::fs::read_to_string("/proc/self/statm").ok().as_deref().and_then(resident) {
        gauge!("process_resident_memory_bytes").set(pages * PAGE);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(f64::from(u32::try_from(open.count()).unwrap_or(u32::MAX)));
    }
}

/// The second number of `statm`: pages in memory (proc(5)).
fn resident(statm: &str) -> Option<f64> {
    statm.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::resident;

    #[test]
    fn the_second_number_is_what_is_in_memory() {
        assert_eq!(resident("2031 345 190 1 0 230 0\n"), Some(345.0));
        assert_eq!(resident(""), None);
    }
}
