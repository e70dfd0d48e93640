//! Routes, pages, JSON, cookies and texts: HTTP is only a skin.
