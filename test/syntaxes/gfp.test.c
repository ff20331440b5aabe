// SYNTAX TEST "source.c" "gfp tokens, each by what it allows"
    p = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);
//                 ^^^^^^^^^^ variable.other.constant.gfp.sleeping
//                              ^^^^^^^^^^^^ keyword.control.gfp.nofail
//      ^^^^^^^ entity.name.function.c
    p = kmalloc(8, GFP_ATOMIC | __GFP_NOWARN);
//                 ^^^^^^^^^^ constant.language.gfp.reserve
//                              ^^^^^^^^^^^^ variable.other.constant.gfp.other
    p = kmalloc(8, GFP_NOWAIT);
//                 ^^^^^^^^^^ constant.numeric.gfp.nonblocking
    p = kmalloc(8, GFP_NOFS & ~__GFP_DIRECT_RECLAIM & ___GFP_IO);
//                 ^^^^^^^^ variable.other.constant.gfp.sleeping
//                             ^^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.sleeping
//                                                    ^^^^^^^^^ variable.other.constant.gfp.sleeping
    p = kmalloc(8, GFP_DMA32 | __GFP_MEMALLOC | GFP_HIGHUSER_MOVABLE);
//                 ^^^^^^^^^ variable.other.constant.gfp.zone
//                             ^^^^^^^^^^^^^^ constant.language.gfp.reserve
//                                              ^^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.sleeping
    gfp_t gfp = GFP_TRANSHUGE_LIGHT;
//  ^^^^^ support.type.gfp
//        ^^^ - support.type.gfp
//              ^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.other
    flags = memalloc_nofs_save();
//          ^^^^^^^^^^^^^^^^^^ support.function.gfp.scope
    flags = memalloc_noreclaim_save();
//          ^^^^^^^^^^^^^^^^^^^^^^^ support.function.gfp.scope.reserve
    flags = memalloc_flags_save(PF_MEMALLOC_NOFS | PF_MEMALLOC);
//          ^^^^^^^^^^^^^^^^^^^ support.function.gfp.scope
//                              ^^^^^^^^^^^^^^^^ variable.other.constant.gfp.scope
//                                                 ^^^^^^^^^^^ constant.language.gfp.reserve
    memalloc_noaudit_save();
//  ^^^^^^^^^^^^^^^^^^^^^ - support.function.gfp
    pr_info("GFP_KERNEL was asked for"); /* and GFP_ATOMIC */ MY_GFP_KERNEL = GFP_KERNELS;
//           ^^^^^^^^^^ - variable.other.constant.gfp
//                                              ^^^^^^^^^^ - constant.language.gfp
//                                                            ^^^^^^^^^^^^^ - variable.other.constant.gfp.sleeping
//                                                                            ^^^^^^^^^^^ - variable.other.constant.gfp.sleeping
