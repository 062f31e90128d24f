//! Stands in for the crate `inventory`: a registry to which only [`WANTED`] packages add.
//!
//! tract's crates register operators, transforms and runtimes by constructors that run before
//! `main`, and a linker has to keep whatever a constructor names. Nothing in Brushwork looks those
//! up; only the matrix kernels of tract-linalg are found by their registration. Leaving the rest
//! out makes the module that a browser downloads a good deal smaller. `[patch.crates-io]` in the
//! root's `Cargo.toml` puts this crate in place of the real one, of which it has what tract uses:
//! `collect!`, `submit!`, and `iter::<T>` as a value and as a call.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

/// The packages whose registrations count.
const WANTED: &[&str] = &["tract-linalg"];

/// A type of which values are registered, by [`collect!`].
pub trait Collect: Sync + Sized + 'static {
    #[doc(hidden)]
    fn registry() -> &'static Registry;
}

/// A list of the registered values of one type, the last first.
pub struct Registry(AtomicPtr<Node>);

/// One of its links.
pub struct Node {
    #[doc(hidden)]
    pub value: &'static dyn Register,
    #[doc(hidden)]
    pub next: AtomicPtr<Node>,
}

/// A value of any type that is [`Collect`].
#[doc(hidden)]
pub trait Register: Sync {
    fn register(&self, node: &'static Node);
}

impl<T: Collect> Register for T {
    /// Constructors run one after the other before anyone iterates, so nobody else adds meanwhile.
    fn register(&self, node: &'static Node) {
        let head = &T::registry().0;
        node.next.store(head.load(Ordering::Acquire), Ordering::Relaxed);
        head.store(from_ref(node).cast_mut(), Ordering::Release);
    }
}

impl Registry {
    #[doc(hidden)]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Registry {
        Registry(AtomicPtr::new(null_mut()))
    }
}

impl Node {
    #[doc(hidden)]
    pub fn register(&'static self) {
        self.value.register(self);
    }
}

/// What the constructor of a package does that is not wanted.
#[doc(hidden)]
pub extern "C" fn nothing() {}

#[doc(hidden)]
pub const fn is_wanted(package: &str) -> bool {
    let mut index = 0;
    while index < WANTED.len() {
        if same(package.as_bytes(), WANTED[index].as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

/// `a == b`, which is not to be had in constants yet.
const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// The registered values of a type.
pub struct Iter<T: 'static> {
    next: *const Node,
    values: PhantomData<&'static T>,
}

impl<T> Iterator for Iter<T> {
    type Item = &'static T;

    fn next(&mut self) -> Option<&'static T> {
        // SAFETY: null or a static: nothing else is registered.
        let node = unsafe { self.next.as_ref() }?;
        self.next = node.next.load(Ordering::Relaxed);
        // SAFETY: only values of type `T` are added to the registry of `T`.
        Some(unsafe { &*from_ref(node.value).cast::<T>() })
    }
}

fn iterate<T: Collect>() -> Iter<T> {
    #[cfg(target_family = "wasm")]
    construct();
    Iter { next: T::registry().0.load(Ordering::Acquire), values: PhantomData }
}

/// Runs the constructors, which nobody else does where there is no `main`. Were they called from
/// nowhere, the linker would run them anew at every call into the module.
#[cfg(target_family = "wasm")]
fn construct() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    unsafe extern "C" {
        /// Made by the linker.
        fn __wasm_call_ctors();
    }
    // SAFETY: they are run once, and depend on nothing but statics.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}

// `iter` is to be a type and, for every `T`, a value of that type: an enum and its variant. The
// variant comes by a glob, so that in the namespace of types the enum goes before it.
mod kinds {
    #[allow(non_camel_case_types)]
    pub enum iter<T> {
        iter,
        #[doc(hidden)]
        Never(std::convert::Infallible, std::marker::PhantomData<T>),
    }

    #[doc(hidden)]
    pub use super::variant::*;
}

mod variant {
    pub use super::kinds::iter::iter;
}

pub use kinds::*;

impl<T: Collect> IntoIterator for iter<T> {
    type Item = &'static T;
    type IntoIter = Iter<T>;

    fn into_iter(self) -> Iter<T> {
        iterate()
    }
}

impl<T: Collect> Deref for iter<T> {
    type Target = fn() -> Iter<T>;

    fn deref(&self) -> &fn() -> Iter<T> {
        &(iterate::<T> as fn() -> Iter<T>)
    }
}

/// Makes a type one of which values are registered.
#[macro_export]
macro_rules! collect {
    ($kind:ty) => {
        impl $crate::Collect for $kind {
            fn registry() -> &'static $crate::Registry {
                static REGISTRY: $crate::Registry = $crate::Registry::new();
                &REGISTRY
            }
        }
    };
}

/// Registers a value, if it is in a package that is wanted.
#[macro_export]
macro_rules! submit {
    ($($value:tt)*) => {
        const _: () = {
            // A literal, not a call: only so does the value live as long as the static.
            static NODE: $crate::Node = $crate::Node {
                value: &{ $($value)* },
                next: ::std::sync::atomic::AtomicPtr::new(::std::ptr::null_mut()),
            };

            extern "C" fn register() {
                NODE.register();
            }

            #[used]
            #[cfg_attr(
                not(any(target_vendor = "apple", windows)),
                unsafe(link_section = ".init_array")
            )]
            #[cfg_attr(
                target_vendor = "apple",
                unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
            )]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            static CONSTRUCTOR: extern "C" fn() =
                if $crate::is_wanted(env!("CARGO_PKG_NAME")) { register } else { $crate::nothing };
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Number(u32);
    collect!(Number);
    submit! { Number(7) }

    #[test]
    fn a_package_that_is_not_wanted_registers_nothing() {
        assert!(is_wanted("tract-linalg") && !is_wanted("tract-lin") && !is_wanted("inventory"));
        assert_eq!(iter::<Number>().count(), 0);
    }

    #[test]
    fn what_is_registered_is_found() {
        struct Word(&'static str);
        collect!(Word);
        static A: Node = Node { value: &Word("a"), next: AtomicPtr::new(null_mut()) };
        static B: Node = Node { value: &Word("b"), next: AtomicPtr::new(null_mut()) };
        [&A, &B].into_iter().for_each(Node::register);
        let words: Vec<_> = iter::<Word>.into_iter().map(|word| word.0).collect();
        assert_eq!(words, ["b", "a"]);
        assert_eq!(Number(1).0, 1);
    }
}
