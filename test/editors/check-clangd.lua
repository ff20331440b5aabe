-- What run.mjs has Neovim do with two servers: ours by nvim.lua, and clangd beside it. Each answers what is its own.
local clangd
local beside = function()
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'c',
    callback = function(event)
      clangd = clangd or vim.lsp.start_client({ name = 'clangd', cmd = { 'clangd', '--log=error' }, root_dir = vim.fn.getcwd() })
      vim.lsp.buf_attach_client(event.buf, clangd)
    end,
  })
end
dofile(vim.env.CHECK)(function(bufnr, out, fail)
  local of = function(source)
    return vim.tbl_filter(function(d) return d.source == source end, vim.diagnostic.get(bufnr))
  end
  -- Findings of both stand side by side: clangd sees the unused function, we see the loop.
  if not vim.wait(60000, function() return #of('gfp-audit') > 0 and #of('clang') > 0 end, 20) then return fail('no diagnostics of both') end
  out('diagnostics', 'gfp-audit', tostring(#of('gfp-audit')), 'clang', tostring(#of('clang')))
  local names = {}
  for _, client in pairs(vim.lsp.buf_get_clients(bufnr)) do names[client.id] = client.name end
  -- Who answers a question about a word of a line with something.
  local who = function(method, line, word, more)
    local text = vim.api.nvim_buf_get_lines(bufnr, line, line + 1, false)[1]
    local position = { line = line, character = text:find(word, 1, true) + 2 }
    local params = { textDocument = { uri = vim.uri_from_bufnr(bufnr) }, position = position }
    local answers = vim.lsp.buf_request_sync(bufnr, method, vim.tbl_extend('force', params, more or {}), 20000)
    local found = {}
    for id, answer in pairs(answers or {}) do
      local result = answer.result
      if result and (result.contents or #(result.items or result) > 0) then table.insert(found, names[id]) end
    end
    table.sort(found)
    return table.concat(found, ' and ')
  end
  local expect = function(what, got, wanted)
    out(what, got)
    if got ~= wanted then fail(what .. ' ' .. got .. ', not ' .. wanted) end
  end
  expect('hover on the allocation:', who('textDocument/hover', 7, 'kmalloc'), 'clangd and gfp-audit')
  expect('hover on a parameter:', who('textDocument/hover', 7, 'size'), 'clangd')
  expect('definition:', who('textDocument/definition', 7, 'size'), 'clangd')
  expect('completion of a mask:', who('textDocument/completion', 7, 'GFP_NOFS', { context = { triggerKind = 1 } }), 'clangd and gfp-audit')
  expect('completion elsewhere:', who('textDocument/completion', 9, 'return', { context = { triggerKind = 1 } }), 'clangd')
  vim.lsp.stop_client(vim.lsp.get_active_clients())
  vim.wait(5000, function() return #vim.lsp.get_active_clients() == 0 end, 20)
end, beside)
