;; Emacs: in your init file. `M-x eglot' in a C buffer then starts the server; add `eglot-ensure' to `c-mode-hook' to have it started for you.
(require 'eglot)
(add-to-list 'eglot-server-programs '(c-mode . ("gfp-audit" "lsp" "--stdio")))
(setq-default eglot-workspace-configuration '((gfpAudit (minConfidence . "likely") (index . "auto"))))
