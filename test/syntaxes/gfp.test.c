// SYNTAX TEST "source.c" "gfp tokens, each by what it allows"
    p = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);
//                 ^^^^^^^^^^ variable.other.constant.gfp.sleeping
//                              ^^^^^^^^^^^^ keyword.control.gfp.nofail
//      ^^^^^^^ entity.name.function.c
    p = kmalloc(8, GFP_ATOMIC | __GFP_NOWARN);
//                 ^^^^^^^^^^ markup.deleted.gfp.reserve
//                              ^^^^^^^^^^^^ variable.other.constant.gfp.other
    p = kmalloc(8, GFP_NOWAIT);
//                 ^^^^^^^^^^ constant.numeric.gfp.nonblocking
    p = kmalloc(8, GFP_NOFS & ~__GFP_DIRECT_RECLAIM & ___GFP_IO);
//                 ^^^^^^^^ variable.other.constant.gfp.sleeping
//                             ^^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.sleeping
//                                                    ^^^^^^^^^ variable.other.constant.gfp.sleeping
    p = kmalloc(8, GFP_DMA32 | __GFP_MEMALLOC | GFP_HIGHUSER_MOVABLE);
//                 ^^^^^^^^^ variable.other.constant.gfp.zone
//                             ^^^^^^^^^^^^^^ markup.deleted.gfp.reserve
//                                              ^^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.sleeping
    gfp_t gfp = GFP_TRANSHUGE_LIGHT;
//  ^^^^^ support.type.gfp
//        ^^^ - support.type.gfp
//              ^^^^^^^^^^^^^^^^^^^ variable.other.constant.gfp.other
    flags = memalloc_nofs_save();
//          ^^^^^^^^^^^^^^^^^^ support.class.gfp.scope
    flags = memalloc_noreclaim_save();
//          ^^^^^^^^^^^^^^^^^^^^^^^ markup.deleted.gfp.scope.reserve
    flags = memalloc_flags_save(PF_MEMALLOC_NOFS | PF_MEMALLOC);
//          ^^^^^^^^^^^^^^^^^^^ support.class.gfp.scope
//                              ^^^^^^^^^^^^^^^^ support.class.gfp.scope
//                                                 ^^^^^^^^^^^ markup.deleted.gfp.reserve
    memalloc_noaudit_save();
//  ^^^^^^^^^^^^^^^^^^^^^ - support.class.gfp
    pr_info("GFP_KERNEL was asked for"); /* and GFP_ATOMIC */ MY_GFP_KERNEL = GFP_KERNELS;
//           ^^^^^^^^^^ - variable.other.constant.gfp
//                                              ^^^^^^^^^^ - markup.deleted.gfp
//                                                            ^^^^^^^^^^^^^ - variable.other.constant.gfp.sleeping
//                                                                            ^^^^^^^^^^^ - variable.other.constant.gfp.sleeping
