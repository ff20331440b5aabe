-- What the checks in Neovim share: the configuration, the file, and how it ends. Gives a function that runs one check; the check gets the
-- buffer's number, what to print with and what to fail with.
local out = function(...) io.stdout:write(table.concat({ ... }, ' '), '\n') end
local fail = function(message)
  out('FAIL ' .. message)
  vim.cmd('cquit 1')
end
-- before: what to set up beside the configuration, before the file is open.
return function(act, before)
  local ok, err = xpcall(function()
    dofile(vim.env.CONFIG)
    if before then before() end
    vim.cmd('edit ' .. vim.env.FILE)
    vim.cmd('set filetype=c')
    act(vim.api.nvim_get_current_buf(), out, fail)
    out('PASS')
  end, debug.traceback)
  if not ok then fail(err) end
  vim.cmd('qall!')
end
