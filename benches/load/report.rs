//! Runs an operation at the stated concurrency and prints its line.

use std::future::Future;
use std::time::{Duration, Instant};

use super::CONCURRENCY;
use super::server::Server;

pub struct Report {
    words: Vec<String>,
    slow_tails: Vec<String>,
}

/// The middle of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

impl Report {
    /// Of the operations that have one of the words in their name, or of all where there are none.
    pub fn of(words: Vec<String>) -> Self {
        Self { words, slow_tails: Vec::new() }
    }

    /// `beside` names a physical limit and what it costs in milliseconds. Answers the server's CPU in milliseconds
    /// and the operations a second, or nothing where the operation is not wanted.
    pub async fn run<F, O>(
        &mut self,
        name: &str,
        target: &str,
        beside: Option<(&str, f64)>,
        (server, time): (&Server, Duration),
        once: F,
    ) -> Option<(f64, f64)>
    where
        F: Fn() -> O,
        O: Future<Output = ()>,
    {
        if !self.words.is_empty() && !self.words.iter().any(|word| name.contains(word.as_str())) {
            return None;
        }
        for _ in 0..CONCURRENCY {
            once().await;
        }
        let cpu = server.cpu_seconds();
        let began = Instant::now();
        let one = async || {
            let mut times = Vec::new();
            while began.elapsed() < time {
                let start = Instant::now();
                once().await;
                times.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            times
        };
        let all = futures::future::join_all((0..CONCURRENCY).map(|_| one())).await;
        let wall = began.elapsed().as_secs_f64();
        let mut times: Vec<f64> = all.into_iter().flatten().collect();
        times.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "a count of a few seconds' requests")]
        let count = times.len() as f64;
        let cpu_ms = (server.cpu_seconds() - cpu) * 1000.0 / count;
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        let ratio = beside.map_or(String::new(), |(what, cost)| format!(" · {:.2} × {what}", cpu_ms / cost));
        println!(
            "{name:<34} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {cpu_ms:>11.3}  {target}{ratio}",
            count / wall,
            at(50),
            at(95),
            at(99)
        );
        if at(99) > 5.0 * at(50) {
            self.slow_tails.push(name.to_owned());
        }
        Some((cpu_ms, count / wall))
    }

    pub fn verdict(&self) {
        if self.slow_tails.is_empty() {
            println!("p99 is at most 5 × p50 everywhere");
        } else {
            println!("p99 is over 5 × p50 at: {}", self.slow_tails.join(", "));
        }
    }
}
