//! The figures of requests, each handle looked up once: a request then costs two additions and no text.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, histogram};

/// Methods with a figure of their own; those that somebody made up share the last.
const METHODS: [&str; 8] = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "other"];

/// Statuses that we answer, with a handle of their own.
const STATUSES: [u16; 16] = [200, 303, 400, 401, 403, 404, 302, 304, 204, 405, 409, 413, 421, 422, 500, 503];

/// Every route's figures.
#[derive(Default)]
pub struct Requests {
    routes: RwLock<HashMap<Arc<str>, Arc<Route>>>,
}

#[derive(Default)]
struct Route {
    methods: [OnceLock<Box<Figures>>; METHODS.len()],
}

/// Of one method of one route.
struct Figures {
    seconds: Histogram,
    answered: [OnceLock<Counter>; STATUSES.len()],
}

impl Requests {
    /// Counts one. `path` is the route's, so there are as many as routes.
    pub fn answered(&self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        let index = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        let Some(method) = METHODS.get(index) else { return };
        let route = self.route(path);
        let Some(figures) = route.methods.get(index) else { return };
        let figures = figures.get_or_init(|| {
            let seconds = histogram!("hufu_http_request_seconds", "method" => *method, "path" => path.to_owned());
            Box::new(Figures { seconds, answered: Default::default() })
        });
        figures.seconds.record(took.as_secs_f64());
        let count = || {
            let status = status.as_str().to_owned();
            counter!("hufu_http_requests_total", "method" => *method, "path" => path.to_owned(), "status" => status)
        };
        match STATUSES.iter().position(|known| *known == status.as_u16()).and_then(|at| figures.answered.get(at)) {
            Some(answered) => answered.get_or_init(count).increment(1),
            None => count().increment(1),
        }
    }

    fn route(&self, path: &str) -> Arc<Route> {
        if let Some(route) = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(route);
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(routes.entry(Arc::from(path)).or_default())
    }
}
