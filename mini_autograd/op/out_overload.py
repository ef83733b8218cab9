"""Which functions torch has an ``out`` overload for, and which dtypes of ``out`` these take.

Of what is in neither CAST nor SAME the result is written to an ``out`` of its own dtype only.
"""

# Overloads, by their full names, that take ``out``. Functions that make
# a tensor of numbers say so in their rows.
_OVERLOADS = """
    _chunk_cat abs absolute acos acosh adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool2d
    adaptive_max_pool3d add.Tensor addbmm addcdiv addcmul addmm addmv addr alias_copy all all.dim
    all.dims amax amin aminmax angle any any.dim any.dims arccos arccosh arcsin arcsinh arctan arctan2
    arctanh argmax argmin argsort.stable as_strided_copy asin asinh atan atan2 atanh avg_pool2d
    avg_pool3d baddbmm bernoulli binary_cross_entropy bitwise_and.Scalar bitwise_and.Tensor
    bitwise_left_shift.Tensor bitwise_left_shift.Tensor_Scalar bitwise_not bitwise_or.Scalar
    bitwise_or.Tensor bitwise_right_shift.Tensor bitwise_right_shift.Tensor_Scalar bitwise_xor.Scalar
    bitwise_xor.Tensor bmm bucketize.Tensor cat ceil chain_matmul cholesky cholesky_inverse
    cholesky_solve clamp clamp.Tensor clamp_max clamp_max.Tensor clamp_min clamp_min.Tensor clip
    clip.Tensor col2im column_stack complex concat concatenate conj_physical copysign.Scalar
    copysign.Tensor cos cosh cross cummax cummin cumprod cumsum deg2rad detach_copy diag diagonal_copy
    diff digamma div.Tensor div.Tensor_mode divide.Tensor divide.Tensor_mode dot dsmm dstack elu eq.Scalar
    eq.Tensor erf erfc erfinv exp exp2 expand_copy expm1 fft_fft fft_fft2 fft_fftfreq fft_fftn fft_hfft
    fft_hfft2 fft_hfftn fft_ifft fft_ifft2 fft_ifftn fft_ihfft fft_ihfft2 fft_ihfftn fft_irfft
    fft_irfft2 fft_irfftn fft_rfft fft_rfft2 fft_rfftfreq fft_rfftn fix float_power.Scalar
    float_power.Tensor_Scalar float_power.Tensor_Tensor floor floor_divide fmax fmin fmod.Scalar
    fmod.Tensor frac frexp.Tensor frobenius_norm.dim gather gcd ge.Scalar ge.Tensor gelu geqrf ger glu
    greater.Scalar greater.Tensor greater_equal.Scalar greater_equal.Tensor gt.Scalar gt.Tensor
    hardshrink hardsigmoid hardswish hardtanh hash_tensor heaviside histc histogram.bin_ct
    histogram.bins_tensor hstack huber_loss hypot i0 igamma igammac im2col index_add index_copy index_reduce
    index_select inner inverse isin.Scalar_Tensor isin.Tensor_Scalar isin.Tensor_Tensor isneginf isposinf
    kron kthvalue lcm ldexp.Tensor le.Scalar le.Tensor leaky_relu lerp.Scalar lerp.Tensor less.Scalar
    less.Tensor less_equal.Scalar less_equal.Tensor lgamma linalg_cholesky linalg_cholesky_ex linalg_cond
    linalg_cond.p_str linalg_cross linalg_det linalg_eig linalg_eigh linalg_eigvals linalg_eigvalsh
    linalg_householder_product linalg_inv linalg_inv_ex linalg_ldl_factor linalg_ldl_factor_ex
    linalg_ldl_solve linalg_lstsq linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_lu_solve
    linalg_matmul linalg_matrix_norm linalg_matrix_norm.str_ord linalg_matrix_power linalg_matrix_rank
    linalg_matrix_rank.atol_rtol_float
    linalg_matrix_rank.atol_rtol_tensor linalg_matrix_rank.tol_tensor linalg_multi_dot linalg_norm
    linalg_norm.ord_str linalg_pinv linalg_pinv.atol_rtol_float linalg_pinv.atol_rtol_tensor
    linalg_pinv.rcond_tensor linalg_qr linalg_slogdet linalg_solve linalg_solve_ex
    linalg_solve_triangular linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve linalg_vecdot
    linalg_vector_norm linear log log10 log1p log2 log_sigmoid log_softmax.int logaddexp logaddexp2
    logcumsumexp logical_and logical_not logical_or logical_xor logit logsumexp lt.Scalar lt.Tensor
    lu_solve lu_unpack masked_select matmul matrix_power max max.dim max.other max_pool2d_with_indices
    max_pool3d_with_indices max_unpool2d max_unpool3d maximum mean mean.dim median.dim min min.dim
    min.other minimum mish mm mode mse_loss msort mul.Tensor multi_margin_loss multilabel_margin_loss
    multinomial multiply.Tensor mv mvlgamma nan_to_num nanmean nanmedian.dim nanquantile
    nanquantile.scalar nansum narrow_copy native_batch_norm ne.Scalar ne.Tensor neg negative nextafter
    nll_loss nll_loss2d
    nonzero nonzero_static norm.ScalarOpt_dim norm.ScalarOpt_dim_dtype normal.Tensor_Tensor
    normal.Tensor_float normal.float_Tensor normal.float_float not_equal.Scalar not_equal.Tensor
    nuclear_norm nuclear_norm.dim orgqr ormqr outer permute_copy polar polygamma pow.Scalar
    pow.Tensor_Scalar pow.Tensor_Tensor prod.dim_int qr quantile quantile.scalar rad2deg rand randint
    randint.low randn randperm reciprocal reflection_pad1d reflection_pad2d reflection_pad3d
    remainder.Scalar remainder.Tensor renorm replication_pad1d replication_pad2d replication_pad3d round
    round.decimals row_stack rsqrt scatter.reduce scatter.src scatter.value scatter.value_reduce
    scatter_add scatter_reduce.two searchsorted.Scalar searchsorted.Tensor select_copy.int sgn sigmoid
    sign signbit silu sin sinc sinh slice_copy.Tensor slice_scatter slogdet smooth_l1_loss
    soft_margin_loss softmax.int softplus softshrink sort sort.stable special_airy_ai special_bessel_j0
    special_bessel_j1 special_bessel_y0 special_bessel_y1 special_chebyshev_polynomial_t
    special_chebyshev_polynomial_t.n_scalar special_chebyshev_polynomial_t.x_scalar
    special_chebyshev_polynomial_u special_chebyshev_polynomial_u.n_scalar
    special_chebyshev_polynomial_u.x_scalar special_chebyshev_polynomial_v
    special_chebyshev_polynomial_v.n_scalar special_chebyshev_polynomial_v.x_scalar
    special_chebyshev_polynomial_w special_chebyshev_polynomial_w.n_scalar
    special_chebyshev_polynomial_w.x_scalar special_digamma special_entr special_erf special_erfc
    special_erfcx special_erfinv special_exp2 special_expit special_expm1 special_gammainc
    special_gammaincc special_gammaln special_hermite_polynomial_h special_hermite_polynomial_h.n_scalar
    special_hermite_polynomial_h.x_scalar special_hermite_polynomial_he
    special_hermite_polynomial_he.n_scalar special_hermite_polynomial_he.x_scalar special_i0 special_i0e
    special_i1 special_i1e special_laguerre_polynomial_l special_laguerre_polynomial_l.n_scalar
    special_laguerre_polynomial_l.x_scalar special_legendre_polynomial_p
    special_legendre_polynomial_p.n_scalar special_legendre_polynomial_p.x_scalar special_log1p
    special_log_ndtr special_logit special_logsumexp special_modified_bessel_i0
    special_modified_bessel_i1 special_modified_bessel_k0 special_modified_bessel_k1
    special_multigammaln special_ndtr special_ndtri special_polygamma special_psi special_round
    special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1
    special_shifted_chebyshev_polynomial_t special_shifted_chebyshev_polynomial_t.n_scalar
    special_shifted_chebyshev_polynomial_t.x_scalar special_shifted_chebyshev_polynomial_u
    special_shifted_chebyshev_polynomial_u.n_scalar special_shifted_chebyshev_polynomial_u.x_scalar
    special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_v.n_scalar
    special_shifted_chebyshev_polynomial_v.x_scalar special_shifted_chebyshev_polynomial_w
    special_shifted_chebyshev_polynomial_w.n_scalar special_shifted_chebyshev_polynomial_w.x_scalar
    special_sinc special_spherical_bessel_j0 special_xlog1py special_xlog1py.other_scalar
    special_xlog1py.self_scalar special_xlogy special_xlogy.other_scalar special_xlogy.self_scalar
    special_zeta special_zeta.other_scalar special_zeta.self_scalar sqrt square squeeze_copy
    squeeze_copy.dim squeeze_copy.dims stack std.correction std.dim sub.Tensor subtract.Tensor
    sum.dim_IntList svd t_copy take take_along_dim tan tanh tensordot threshold topk transpose_copy.int
    triangular_solve tril triu true_divide.Tensor trunc unfold_copy unsqueeze_copy upsample_bicubic2d
    upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d upsample_nearest3d
    upsample_trilinear3d var.correction var.dim vdot view_as_complex_copy view_as_real_copy view_copy
    view_copy.dtype vstack where.self xlogy.Scalar_Other xlogy.Scalar_Self xlogy.Tensor
"""

# Those whose result is cast to the dtype of ``out``, unless that is of a lower kind.
_CAST = """
    acos acosh add.Tensor addcdiv addcmul addmv addr angle arccos arccosh arcsin arcsinh arctan arctan2
    arctanh asin asinh atan atan2 atanh binary_cross_entropy bitwise_and.Scalar bitwise_and.Tensor
    bitwise_left_shift.Tensor bitwise_left_shift.Tensor_Scalar bitwise_or.Scalar bitwise_or.Tensor
    bitwise_right_shift.Tensor bitwise_right_shift.Tensor_Scalar bitwise_xor.Scalar bitwise_xor.Tensor
    clamp.Tensor clamp_max.Tensor clamp_min.Tensor clip.Tensor copysign.Scalar copysign.Tensor cos cosh
    cumprod cumsum deg2rad diff digamma div.Tensor div.Tensor_mode divide.Tensor divide.Tensor_mode
    eq.Scalar eq.Tensor erf erfc erfinv exp exp2 expm1 floor_divide fmax fmin fmod.Scalar fmod.Tensor
    gcd ge.Scalar ge.Tensor ger greater.Scalar greater.Tensor greater_equal.Scalar greater_equal.Tensor
    gt.Scalar gt.Tensor huber_loss hypot i0 igamma igammac kron lcm le.Scalar le.Tensor lerp.Scalar
    less.Scalar less.Tensor less_equal.Scalar less_equal.Tensor lgamma linalg_matrix_rank
    linalg_matrix_rank.atol_rtol_float linalg_matrix_rank.atol_rtol_tensor linalg_matrix_rank.tol_tensor
    log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logit
    lt.Scalar lt.Tensor max.other maximum mean.dim min.other minimum mse_loss mul.Tensor multiply.Tensor
    nanmean nansum ne.Scalar ne.Tensor nextafter not_equal.Scalar not_equal.Tensor outer polygamma
    pow.Scalar pow.Tensor_Scalar pow.Tensor_Tensor prod.dim_int rad2deg reciprocal remainder.Scalar
    remainder.Tensor rsqrt sigmoid sin sinc sinh smooth_l1_loss special_airy_ai special_bessel_j0
    special_bessel_j1 special_bessel_y0 special_bessel_y1 special_chebyshev_polynomial_t
    special_chebyshev_polynomial_t.n_scalar special_chebyshev_polynomial_t.x_scalar
    special_chebyshev_polynomial_u special_chebyshev_polynomial_u.n_scalar
    special_chebyshev_polynomial_u.x_scalar special_chebyshev_polynomial_v
    special_chebyshev_polynomial_v.n_scalar special_chebyshev_polynomial_v.x_scalar
    special_chebyshev_polynomial_w special_chebyshev_polynomial_w.n_scalar
    special_chebyshev_polynomial_w.x_scalar special_digamma special_entr special_erf special_erfc
    special_erfcx special_erfinv special_exp2 special_expit special_expm1 special_gammainc
    special_gammaincc special_gammaln special_hermite_polynomial_h special_hermite_polynomial_h.n_scalar
    special_hermite_polynomial_h.x_scalar special_hermite_polynomial_he
    special_hermite_polynomial_he.n_scalar special_hermite_polynomial_he.x_scalar special_i0 special_i0e
    special_i1 special_i1e special_laguerre_polynomial_l special_laguerre_polynomial_l.n_scalar
    special_laguerre_polynomial_l.x_scalar special_legendre_polynomial_p
    special_legendre_polynomial_p.n_scalar special_legendre_polynomial_p.x_scalar special_log1p
    special_log_ndtr special_logit special_modified_bessel_i0 special_modified_bessel_i1
    special_modified_bessel_k0 special_modified_bessel_k1 special_ndtr special_ndtri special_polygamma
    special_psi special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1
    special_shifted_chebyshev_polynomial_t special_shifted_chebyshev_polynomial_t.n_scalar
    special_shifted_chebyshev_polynomial_t.x_scalar special_shifted_chebyshev_polynomial_u
    special_shifted_chebyshev_polynomial_u.n_scalar special_shifted_chebyshev_polynomial_u.x_scalar
    special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_v.n_scalar
    special_shifted_chebyshev_polynomial_v.x_scalar special_shifted_chebyshev_polynomial_w
    special_shifted_chebyshev_polynomial_w.n_scalar special_shifted_chebyshev_polynomial_w.x_scalar
    special_sinc special_spherical_bessel_j0 special_xlog1py special_xlog1py.other_scalar
    special_xlog1py.self_scalar special_xlogy special_xlogy.other_scalar special_xlogy.self_scalar
    special_zeta special_zeta.other_scalar special_zeta.self_scalar sqrt square std.correction std.dim
    sub.Tensor subtract.Tensor sum.dim_IntList tan tanh threshold true_divide.Tensor var.correction
    var.dim xlogy.Scalar_Other xlogy.Scalar_Self xlogy.Tensor
"""

# Elementwise ones that do not cast, and say so in words of their own.
_SAME = """
    abs absolute bitwise_not ceil clamp clamp_max clamp_min clip conj_physical elu fix floor frac gelu
    hardshrink hardsigmoid hardswish hardtanh leaky_relu lerp.Tensor mish neg negative round
    round.decimals sgn sign silu soft_margin_loss softplus softshrink special_round trunc
"""

OVERLOADS, CAST, SAME = (frozenset(names.split()) for names in (_OVERLOADS, _CAST, _SAME))

# Functions that calculate in the dtype of ``out`` if they are asked for no other.
CALCULATED = frozenset(("cumprod", "cumsum", "nanmean", "nansum", "prod", "sum"))

# Functions that copy what they have computed, and take tensors that require gradients.
_COPYING = """
    linalg_cond linalg_eigvals linalg_ldl_factor linalg_ldl_factor_ex linalg_matrix_norm linalg_norm
    linalg_tensorinv linalg_tensorsolve nuclear_norm
"""
COPYING = frozenset(_COPYING.split())

# Functions that copy what they have computed, which lies row by row then: to any tensor, and to one that had elements.
BY_ROWS = frozenset(("cholesky", "cholesky_solve"))
BY_ROWS_BEFORE = frozenset(("cholesky_inverse", "geqrf"))

# The function that an error of one names, where it is another: the one that does the work.
WORKERS = {
    "dsmm": "mm",
    "absolute": "abs",
    "adaptive_avg_pool2d": "aten::adaptive_avg_pool2d",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "argsort.stable": "sort",
    "chain_matmul": "mm",
    "clip": "clamp",
    "clip.Tensor": "clamp",
    "column_stack": "cat",
    "concat": "cat",
    "concatenate": "cat",
    "conj_physical": "aten::conj_physical",
    "cross": "linalg_cross",
    "diag": "aten::diagonal_copy",
    "diff": "sub",
    "divide.Tensor": "div",
    "divide.Tensor_mode": "div",
    "dstack": "cat",
    "fft_fftfreq": "aten::fft_fftfreq",
    "fft_hfft": "_fft_c2r",
    "fft_hfft2": "_fft_c2r",
    "fft_hfftn": "_fft_c2r",
    "fft_irfft": "_fft_c2r",
    "fft_irfft2": "_fft_c2r",
    "fft_irfftn": "_fft_c2r",
    "fft_rfftfreq": "aten::fft_rfftfreq",
    "fix": "trunc",
    "float_power.Scalar": "pow",
    "float_power.Tensor_Scalar": "pow",
    "float_power.Tensor_Tensor": "pow",
    "floor_divide": "aten::floor_divide",
    "frobenius_norm.dim": "norm",
    "ger": "mul",
    "heaviside": "aten::heaviside",
    "hstack": "cat",
    "inverse": "linalg_inv_ex",
    "kron": "mul",
    "linalg_cholesky": "linalg_cholesky_ex",
    "linalg_det": "_linalg_det",
    "linalg_eigh": "_linalg_eigh",
    "linalg_eigvalsh": "_linalg_eigh",
    "linalg_inv": "linalg_inv_ex",
    "linalg_lu_factor": "linalg_lu_factor_ex",
    "linalg_matmul": "matmul",
    "linalg_matrix_power": "matmul",
    "linalg_multi_dot": "mm",
    "linalg_slogdet": "_linalg_slogdet",
    "linalg_solve": "_linalg_solve_ex",
    "linalg_solve_ex": "_linalg_solve_ex",
    "linalg_svd": "_linalg_svd",
    "linalg_svdvals": "_linalg_svd",
    "linalg_vecdot": "sum",
    "log_sigmoid": "log_sigmoid_forward",
    "log_softmax.int": "aten::log_softmax",
    "lu_solve": "linalg_lu_solve",
    "matrix_power": "matmul",
    "max.other": "maximum",
    "min.other": "minimum",
    "msort": "sort",
    "multiply.Tensor": "mul",
    "nanmean": "nansum",
    "negative": "neg",
    "normal.float_float": "aten::normal",
    "orgqr": "linalg_householder_product",
    "outer": "mul",
    "qr": "linalg_qr",
    "row_stack": "cat",
    "slogdet": "_linalg_slogdet",
    "softmax.int": "aten::softmax",
    "special_digamma": "digamma",
    "special_erf": "erf",
    "special_erfc": "erfc",
    "special_erfinv": "erfinv",
    "special_exp2": "exp2",
    "special_expit": "sigmoid",
    "special_expm1": "expm1",
    "special_gammainc": "igamma",
    "special_gammaincc": "igammac",
    "special_gammaln": "lgamma",
    "special_i0": "i0",
    "special_log1p": "log1p",
    "special_logit": "logit",
    "special_logsumexp": "logsumexp",
    "special_polygamma": "polygamma",
    "special_psi": "digamma",
    "special_round": "round",
    "special_sinc": "sinc",
    "special_xlogy": "xlogy",
    "special_xlogy.other_scalar": "xlogy",
    "special_xlogy.self_scalar": "xlogy",
    "square": "pow",
    "subtract.Tensor": "sub",
    "svd": "_linalg_svd",
    "take_along_dim": "gather",
    "true_divide.Tensor": "div",
    "vstack": "cat",
}
