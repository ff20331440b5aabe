-- What run.mjs has Neovim do: load the configuration of nvim.lua, open a file, look, mend, look again.
dofile(vim.env.CHECK)(function(bufnr, out, fail)
  if not vim.wait(60000, function() return #vim.diagnostic.get(bufnr) > 0 end, 20) then return fail('no diagnostics') end
  local found = vim.diagnostic.get(bufnr)[1]
  out('diagnostic', tostring(found.lnum + 1), found.message)
  local position = { line = found.lnum + 1, character = 8 }
  local document = { uri = vim.uri_from_bufnr(bufnr) }
  local hover = vim.lsp.buf_request_sync(bufnr, 'textDocument/hover', { textDocument = document, position = position }, 20000)
  local _, answer = next(hover)
  out('hover', answer.result.contents.kind, answer.result.contents.value:sub(1, 60))
  local start = { line = found.lnum, character = 0 }
  local params = { textDocument = document, range = { start = start, ['end'] = start }, context = { diagnostics = {} } }
  local actions = vim.lsp.buf_request_sync(bufnr, 'textDocument/codeAction', params, 20000)
  local id, offered = next(actions)
  local action = offered.result[1]
  if not action then return fail('no action') end
  local client = vim.lsp.get_client_by_id(id)
  if not action.edit then action = client.request_sync('codeAction/resolve', action, 20000, bufnr).result end
  out('action', action.title)
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  if not vim.wait(20000, function() return #vim.diagnostic.get(bufnr) == 0 end, 20) then return fail('the finding is still there') end
  client.stop()
  vim.wait(5000, function() return client.is_stopped() end, 20)
end)
