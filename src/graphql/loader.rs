//! What resolvers read the database with: [`ask`] for one statement, [`load`] for one of many that are asked for
//! together.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    future::Future,
    hash::{BuildHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, ContextBase, dataloader::Loader};
use domain::caller::{Caller, Side};
use foldhash::fast::RandomState;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    batch::Queue,
    document::Form,
    error::ApiError,
    memo::{Address, Memo},
};
use crate::{
    app::App,
    store::{Db, StoreError, Visible},
};

/// Who reads, and from what; cheap to clone.
#[derive(Clone)]
pub struct Reader {
    /// The use cases.
    pub app: App,
    /// Who asks.
    pub caller: Arc<Caller>,
}

impl Reader {
    /// The reader of the request that a resolver is part of.
    ///
    /// # Errors
    /// A fault, when the request was not started by [`super::Api`].
    pub fn of<'a, T>(ctx: &ContextBase<'a, T>) -> Result<&'a Self, ApiError> {
        Ok(&Loaders::of(ctx)?.reader)
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        self.app.db()
    }

    /// Whether the caller is the vendor's.
    #[must_use]
    pub fn is_vendor(&self) -> bool {
        self.caller.side == Side::Vendor
    }

    /// Whether the caller is a partner's.
    #[must_use]
    pub fn is_partner(&self) -> bool {
        matches!(self.caller.side, Side::Partner(_))
    }

    /// Whether the caller is a customer's: what A3 keeps from them is empty.
    #[must_use]
    pub fn is_customer(&self) -> bool {
        matches!(self.caller.side, Side::Customer(_))
    }
}

/// What a [`Loader`] of the [`Reader`] returns: the values by their keys. A key that is missing is not there, or not for this
/// caller.
pub type Loaded<K> = Result<HashMap<K, <Reader as Loader<K>>::Value>, ApiError>;

/// A key that the [`Reader`] loads objects by, many at once: it implements [`Loader`] for the key's type. Nothing is remembered
/// from one level of a query to the next.
pub trait Load: Clone + Eq + Hash + Send + Sync + 'static {
    /// What stands under the key.
    type Value: Clone + Send + Sync + 'static;

    /// Loads what stands under the keys, each of which is named once.
    fn load(
        reader: &Reader,
        keys: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self, Self::Value>, ApiError>> + Send;
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Load for K
where
    Reader: Loader<K, Error = ApiError>,
{
    type Value = <Reader as Loader<K>>::Value;

    fn load(reader: &Reader, keys: &[Self]) -> impl Future<Output = Loaded<Self>> + Send {
        Loader::load(reader, keys)
    }
}

/// The answer to a waiting field: what each of its keys stands for.
type Answered<V> = Result<Vec<Option<V>>, ApiError>;
/// The fields that wait for a batch, each with its keys.
type Waiting<K, V> = Vec<(Vec<K>, oneshot::Sender<Answered<V>>)>;
/// The batches that are being filled, one per type of key.
type Batches = HashMap<TypeId, Box<dyn Any + Send>>;

/// The batches of one request.
pub(super) struct Loaders {
    reader: Reader,
    queue: Queue,
    batches: Arc<Mutex<Batches>>,
    meanings: Memo,
    /// The operation, if its plan is kept.
    form: Option<Arc<Form>>,
}

impl Loaders {
    /// Loaders for a caller; their jobs go to the queue.
    pub(super) fn new(app: App, caller: Arc<Caller>, queue: Queue) -> Self {
        let caller = app.standing_in(caller);
        Self { reader: Reader { app, caller }, queue, batches: Arc::default(), meanings: Memo::default(), form: None }
    }

    /// The same for the execution of this form, of which everything that is selected is a part.
    pub(super) fn executing(self, form: &Arc<Form>) -> Self {
        Self { form: Some(Arc::clone(form)), ..self }
    }

    fn of<'a, T>(ctx: &ContextBase<'a, T>) -> Result<&'a Self, ApiError> {
        ctx.data::<Self>().map_err(|error| ApiError::internal(&error.message))
    }

    /// Adds keys to the batch of their type; the first field of a batch leaves a job for it.
    fn enqueue<K: Load>(&self, keys: Vec<K>) -> oneshot::Receiver<Answered<K::Value>> {
        let (send, receive) = oneshot::channel();
        let mut batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = batches.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(Waiting::<K, K::Value>::new()));
        if let Some(waiting) = batch.downcast_mut::<Waiting<K, K::Value>>() {
            waiting.push((keys, send));
            if waiting.len() == 1 {
                self.queue.push(Box::pin(run::<K>(self.reader.clone(), Arc::clone(&self.batches))));
            }
        }
        receive
    }
}

/// Loads a whole batch and answers every field that waits for a part of it.
async fn run<K: Load>(reader: Reader, batches: Arc<Mutex<Batches>>) {
    let taken = batches.lock().unwrap_or_else(PoisonError::into_inner).remove(&TypeId::of::<K>());
    let Some(waiting) = taken.and_then(|batch| batch.downcast::<Waiting<K, K::Value>>().ok()) else {
        return;
    };
    let mut waiting = *waiting;
    waiting.retain(|(_, send)| !send.is_closed());
    let count = waiting.iter().map(|(keys, _)| keys.len()).sum();
    let mut seen = HashSet::with_capacity_and_hasher(count, RandomState::default());
    let keys: Vec<K> = waiting.iter().flat_map(|(keys, _)| keys).filter(|key| seen.insert(*key)).cloned().collect();
    let is_shared = keys.len() < count;
    let mut loaded = if keys.is_empty() { Ok(HashMap::new()) } else { K::load(&reader, &keys).await };
    for (keys, send) in waiting {
        let answer = match &mut loaded {
            // Nobody else waits for them, so they need not be copied.
            Ok(found) if !is_shared => Ok(keys.iter().map(|key| found.remove(key)).collect()),
            Ok(found) => Ok(keys.iter().map(|key| found.get(key).cloned()).collect()),
            Err(failure) => Err(failure.clone()),
        };
        // The receiver may have been dropped with its field.
        let _ = send.send(answer);
    }
}

/// What a field means by its arguments and its selection. It is computed for one of the field's parents, and is the same for
/// all of them.
///
/// # Errors
/// Those of working it out.
pub fn meant<T: Any + Send + Sync>(
    ctx: &Context<'_>,
    work_out: impl FnOnce() -> Result<T, ApiError>,
) -> Result<Arc<T>, ApiError> {
    Loaders::of(ctx)?.meanings.get(Address::of(ctx.item), work_out)
}

/// A value that is derived from a selection alone, and so depends neither on the caller nor on the variables. It is computed once
/// for each operation whose plan is kept; `part` is the part of the operation that it is derived from.
///
/// # Errors
/// A fault, when the request was not started by [`super::Api`].
pub fn planned<T: Any + Send + Sync, C, P>(
    ctx: &ContextBase<'_, C>,
    part: &P,
    work_out: impl FnOnce() -> T,
) -> Result<Arc<T>, ApiError> {
    let own = Loaders::of(ctx)?;
    let memo = own.form.as_ref().map_or(&own.meanings, |form| &form.memo);
    memo.get(Address::of(part), || Ok(work_out()))
}

/// Loads what stands under a key, in one statement with all that is asked for by the same type of key on this level.
///
/// # Errors
/// Those of the statement.
pub async fn load<K: Load>(ctx: &Context<'_>, key: K) -> Result<Option<K::Value>, ApiError> {
    Ok(load_all(ctx, vec![key]).await?.pop().flatten())
}

/// Loads the values of several keys, in the order of the keys, by the same statement as [`load`].
///
/// # Errors
/// The errors of the statement.
pub async fn load_all<K: Load>(ctx: &Context<'_>, keys: Vec<K>) -> Result<Vec<Option<K::Value>>, ApiError> {
    let receive = Loaders::of(ctx)?.enqueue(keys);
    receive.await.unwrap_or_else(|_| Err(ApiError::internal("a batch was dropped")))
}

/// Loads what must stand under a key, since something that is visible refers to it.
///
/// # Errors
/// Those of the statement; a fault when nothing stands there.
pub async fn load_required<K: Load>(ctx: &Context<'_>, key: K) -> Result<K::Value, ApiError> {
    load(ctx, key)
        .await?
        .ok_or_else(|| ApiError::internal(&format!("a {} refers to nothing", std::any::type_name::<K>())))
}

/// Runs one read in the next round.
///
/// # Errors
/// Those of the read.
pub async fn ask<T, E, F>(ctx: &Context<'_>, read: impl FnOnce(Reader) -> F) -> Result<T, ApiError>
where
    T: Send + 'static,
    E: Into<ApiError> + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let loaders = Loaders::of(ctx)?;
    let (send, receive) = oneshot::channel();
    let reading = read(loaders.reader.clone());
    loaders.queue.push(Box::pin(async move {
        if !send.is_closed() {
            let _ = send.send(reading.await.map_err(Into::into));
        }
    }));
    receive.await.unwrap_or_else(|_| Err(ApiError::internal("a read was dropped")))
}

/// The id by which something is loaded.
pub trait Id: Copy + Eq + Hash + Send + Sync + 'static {
    /// The bare id.
    fn bare(self) -> Uuid;
}

impl Id for Uuid {
    fn bare(self) -> Uuid {
        self
    }
}

impl Id for Visible<Uuid> {
    fn bare(self) -> Uuid {
        self.get()
    }
}

/// A key for what has arguments beside its parent, such as a page: everything with the same arguments is one statement.
#[derive(Clone, Debug)]
pub struct With<P, A> {
    /// The parent.
    pub parent: P,
    /// The arguments, which those have in common that are of one field.
    pub args: Arc<A>,
}

impl<P: Id, A> With<P, A> {
    /// A key.
    pub fn new(parent: P, args: A) -> Self {
        Self::of(parent, Arc::new(args))
    }

    /// A key whose arguments came from [`meant`].
    pub const fn of(parent: P, args: Arc<A>) -> Self {
        Self { parent, args }
    }
}

impl<P: Eq, A: Eq> PartialEq for With<P, A> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && are_same(&self.args, &other.args)
    }
}

impl<P: Eq, A: Eq> Eq for With<P, A> {}

impl<P: Hash, A> Hash for With<P, A> {
    /// By the parent alone: few keys of a parent differ in their arguments, which are long.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
    }
}

/// Whether arguments are the same; of one field they are known to be.
fn are_same<A: Eq>(one: &Arc<A>, other: &Arc<A>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

/// Loads by parents, one statement for all that have the same arguments.
///
/// # Errors
/// Those of the statements.
pub async fn by_args<P, A, V, S, F>(
    keys: &[With<P, A>],
    read: impl Fn(Arc<A>, Vec<P>) -> F,
) -> Result<HashMap<With<P, A>, V>, ApiError>
where
    P: Id,
    A: Eq,
    S: BuildHasher,
    F: Future<Output = Result<HashMap<Uuid, V, S>, StoreError>>,
{
    let mut groups: Vec<(Arc<A>, Vec<P>)> = Vec::with_capacity(1);
    let mut loaded = HashMap::with_capacity(keys.len());
    for key in keys {
        match groups.iter_mut().find(|(args, _)| are_same(args, &key.args)) {
            Some((_, parents)) => parents.push(key.parent),
            None => groups.push((Arc::clone(&key.args), vec![key.parent])),
        }
    }
    for (args, parents) in groups {
        let mut found = read(Arc::clone(&args), parents.clone()).await?;
        let taken = |parent: P| Some((With { parent, args: Arc::clone(&args) }, found.remove(&parent.bare())?));
        loaded.extend(parents.into_iter().filter_map(taken));
    }
    Ok(loaded)
}

/// Declares keys that are nothing but an id, and how objects are loaded by them: `read` is given a reader and the ids,
/// and answers with pairs of an id and a value.
macro_rules! loads_by_id {
    ($(#[$meta:meta])* $key:ident($id:ty) => $value:ty, |$reader:ident, $ids:ident| $read:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub $id);

        impl async_graphql::dataloader::Loader<$key> for $crate::graphql::loader::Reader {
            type Value = $value;
            type Error = $crate::graphql::error::ApiError;

            async fn load(&self, keys: &[$key]) -> $crate::graphql::loader::Loaded<$key> {
                let $reader = self;
                let $ids: Vec<$id> = keys.iter().cloned().map(|key| key.0).collect();
                Ok($read.into_iter().map(|(id, value)| ($key(id), value)).collect())
            }
        }
    };
}

pub(super) use loads_by_id;
