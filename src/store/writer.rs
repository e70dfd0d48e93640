//! The one writer of SQLite: changes that wait at the same moment share a
//! commit, each in a SAVEPOINT of its own, and are answered after it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};

use super::row::statement;
use super::{Error, Result, Tx, sqlite};

/// FULL: a commit is on disk when it is answered. The checkpoint is another task's work.
/// What a SAVEPOINT needs to be rolled back is kept in memory; it would go through files and is gone at the commit.
const SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY";

/// Changes that share a commit.
const GROUP: usize = 64;

/// Changes that may wait; more are refused at once with `Down` after the wait below.
const QUEUE: usize = 1024;

/// A change that waited longer is refused: its caller is better told than kept.
const WAIT_LIMIT: Duration = Duration::from_secs(2);

/// A caller is told so when its commit is not done by then: a statement is an
/// ordinary call in the writer's thread, which nothing can interrupt while the disk stalls.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Who is told after a commit.
pub(super) struct Bells {
    /// Whoever moves commits from the log into the file.
    pub(super) committed: Arc<Notify>,
    /// Whoever sends logout tokens, when one was queued.
    pub(super) queued: Arc<Notify>,
}

/// The way to the writer's thread. It ends when the last of these is gone and the queue is empty.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// A change of any type, waiting for its turn.
trait Job: Send {
    /// Whether it is still worth doing.
    fn is_due(&self) -> bool;
    /// Runs it; `false` when its rows must be rolled back.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool>;
    /// Tells the caller, after the commit or its failure.
    fn answer(self: Box<Self>, commit: &std::result::Result<(), String>);
}

struct Change<T, F> {
    closure: F,
    queued_at: Instant,
    answer: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Change<T, F>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static,
{
    fn is_due(&self) -> bool {
        !self.reply.is_closed() && self.queued_at.elapsed() < WAIT_LIMIT
    }

    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let answer = tx.guarded(&self.closure).await;
            let keep = answer.is_ok();
            self.answer = Some(answer);
            keep
        })
    }

    fn answer(self: Box<Self>, commit: &std::result::Result<(), String>) {
        let answer = match (self.answer, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(why)) => Err(Error::Down(why.clone())),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::Down("too many changes are waiting".to_owned())),
        };
        // Nobody listens any more when the caller gave up.
        let _ = self.reply.send(answer);
    }
}

impl Writer {
    /// Starts the thread. A commit waits for the disk, which no thread that answers requests should do,
    /// and within the thread a statement is an ordinary call.
    pub(super) fn start(file: PathBuf, epoch: Arc<AtomicI64>, bells: Bells) -> Result<Self> {
        let tx = Tx::grouped(sqlite::open(&file, SETUP)?);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = Thread { file, tx: Some(tx), epoch, bells, runtime: Handle::current() };
        let started = std::thread::Builder::new().name("store writer".to_owned()).spawn(move || thread.serve(waiting));
        started.map_err(|error| Error::Down(format!("a thread can't be started: {error}")))?;
        Ok(Self { queue })
    }

    /// Changes that wait in the queue.
    pub(super) fn waiting(&self) -> usize {
        QUEUE.saturating_sub(self.queue.capacity())
    }

    /// Queues a change and waits for its commit.
    pub(super) async fn write<T, F>(&self, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let place = tokio::time::timeout(WAIT_LIMIT, self.queue.reserve()).await;
        let place = place.map_err(|_| Error::Down("too many changes are waiting".to_owned()))?;
        let place = place.map_err(|_| Error::Down("the writer has stopped".to_owned()))?;
        place.send(Box::new(Change { closure: change, queued_at: Instant::now(), answer: None, reply }));
        let answer = tokio::time::timeout(ANSWER_LIMIT, answer).await;
        let answer = answer.map_err(|_| Error::Down("the disk does not answer".to_owned()))?;
        answer.unwrap_or_else(|_| Err(Error::Down("the writer has stopped".to_owned())))
    }
}

struct Thread {
    file: PathBuf,
    /// `None` after a failed commit, until the next group opens the file again.
    tx: Option<Tx>,
    epoch: Arc<AtomicI64>,
    bells: Bells,
    runtime: Handle,
}

impl Thread {
    fn serve(mut self, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
        let mut jobs = Vec::with_capacity(GROUP);
        while waiting.blocking_recv_many(&mut jobs, GROUP) > 0 {
            let outcome = self.commit_or_give_up(&mut jobs);
            for job in jobs.drain(..) {
                job.answer(&outcome);
            }
        }
    }

    fn commit_or_give_up(&mut self, jobs: &mut [Box<dyn Job>]) -> std::result::Result<(), String> {
        let mut tx = match self.tx.take() {
            Some(tx) => tx,
            None => Tx::grouped(sqlite::open(&self.file, SETUP).map_err(|error| error.to_string())?),
        };
        let outcome = self.runtime.block_on(commit_group(&mut tx, jobs));
        match &outcome {
            Ok(()) => {
                self.epoch.fetch_max(tx.raised.take().unwrap_or(0), Ordering::SeqCst);
                self.bells.committed.notify_one();
                if std::mem::take(&mut tx.queued) {
                    self.bells.queued.notify_one();
                }
                self.tx = Some(tx);
            }
            // Its state is not known: closing the connection rolls back whatever was begun.
            Err(why) => tracing::error!(%why, "a group of changes was not committed"),
        }
        outcome
    }
}

/// Everything of the group, or nothing: an error here means that nothing is known to be on disk.
async fn commit_group(tx: &mut Tx, jobs: &mut [Box<dyn Job>]) -> std::result::Result<(), String> {
    control(tx, "BEGIN IMMEDIATE").await?;
    let mut kept = false;
    let alone = jobs.len() == 1;
    for job in jobs.iter_mut().filter(|job| job.is_due()) {
        kept |= if alone { run_job(tx, job.as_mut()).await } else { run_in_savepoint(tx, job.as_mut()).await? };
    }
    // After a failed COMMIT the connection is given up, which rolls back.
    control(tx, if kept { "COMMIT" } else { "ROLLBACK" }).await
}

/// One change; `false` when its rows are to go. The only one of its group is rolled back with the group.
async fn run_job(tx: &mut Tx, job: &mut dyn Job) -> bool {
    let raised = tx.raised;
    let keep = job.run(tx).await;
    if !keep {
        tx.raised = raised;
    }
    keep
}

/// One change in its SAVEPOINT. SQLite rolls a whole transaction back by itself on some
/// failures (full disk, I/O); then the SAVEPOINT is gone, and the group fails with it.
async fn run_in_savepoint(tx: &mut Tx, job: &mut dyn Job) -> std::result::Result<bool, String> {
    control(tx, "SAVEPOINT change").await?;
    let keep = run_job(tx, job).await;
    if !keep {
        control(tx, "ROLLBACK TO change").await?;
    }
    control(tx, "RELEASE change").await?;
    Ok(keep)
}

async fn control(tx: &mut Tx, text: &'static str) -> std::result::Result<(), String> {
    tx.run(statement(text)).await.map(|_| ()).map_err(|error| error.to_string())
}
