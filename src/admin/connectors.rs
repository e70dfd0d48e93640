//! Sign-in methods: add, change, order, check, remove (written with the console page).
