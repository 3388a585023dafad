"""Programs outside autocoder: finding them, running them, confining them. The one owner of `subprocess`."""
