"""Gates: six questions about an emitted workspace, each answered in a sandbox. A gate that could not run failed."""
