#include "source/tensornames.h"

#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

// Facts about torch 1.0.0, as its own introspection lists them.
const NameSet &tensorMembers()
{
    static const NameSet names =
        splitNames("abs abs_ acos acos_ add add_ addbmm addbmm_ addcdiv addcdiv_ addcmul addcmul_ "
                   "addmm addmm_ addmv addmv_ addr addr_ all allclose any apply_ argmax argmin "
                   "argsort as_strided as_strided_ asin asin_ atan atan2 atan2_ atan_ backward "
                   "baddbmm baddbmm_ bernoulli bernoulli_ bincount bmm btrifact "
                   "btrifact_with_info btrisolve byte cauchy_ ceil ceil_ char cholesky chunk "
                   "clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clone coalesce "
                   "contiguous copy_ cos cos_ cosh cosh_ cpu cross cuda cumprod cumsum data "
                   "data_ptr dense_dim det detach detach_ device diag diag_embed diagflat "
                   "diagonal digamma digamma_ dim dist div div_ dot double dtype eig element_size "
                   "eq eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ exp exp_ expand expand_as "
                   "expm1 expm1_ exponential_ fft fill_ flatten flip float floor floor_ fmod "
                   "fmod_ frac frac_ gather ge ge_ gels geometric_ geqrf ger gesv get_device grad "
                   "grad_fn gt gt_ half hardshrink histc ifft index_add index_add_ index_copy "
                   "index_copy_ index_fill index_fill_ index_put index_put_ index_select indices "
                   "int inverse irfft is_coalesced is_complex is_contiguous is_cuda "
                   "is_distributed is_floating_point is_leaf is_nonzero is_pinned is_same_size "
                   "is_set_to is_shared is_signed is_sparse isclose item kthvalue layout le le_ "
                   "lerp lerp_ lgamma lgamma_ log log10 log10_ log1p log1p_ log2 log2_ log_ "
                   "log_normal_ log_softmax logdet logsumexp long lt lt_ map2_ map_ masked_fill "
                   "masked_fill_ masked_scatter masked_scatter_ masked_select matmul matrix_power "
                   "max mean median min mm mode mul mul_ multinomial mv mvlgamma mvlgamma_ name "
                   "narrow narrow_copy ndimension ne ne_ neg neg_ nelement new new_empty new_full "
                   "new_ones new_tensor new_zeros nonzero norm normal_ numel numpy orgqr ormqr "
                   "output_nr permute pin_memory pinverse polygamma polygamma_ potrf potri potrs "
                   "pow pow_ prelu prod pstrf put_ qr random_ reciprocal reciprocal_ "
                   "record_stream register_hook reinforce relu relu_ remainder remainder_ renorm "
                   "renorm_ repeat requires_grad requires_grad_ reshape reshape_as resize resize_ "
                   "resize_as resize_as_ retain_grad rfft roll rot90 round round_ rsqrt rsqrt_ "
                   "scatter scatter_ scatter_add scatter_add_ select set_ shape share_memory_ "
                   "short sigmoid sigmoid_ sign sign_ sin sin_ sinh sinh_ size slogdet smm "
                   "softmax sort sparse_dim sparse_mask split split_with_sizes sqrt sqrt_ squeeze "
                   "squeeze_ sspaddmm std stft storage storage_offset storage_type stride sub "
                   "sub_ sum svd symeig t t_ take tan tan_ tanh tanh_ to to_dense to_sparse "
                   "tolist topk trace transpose transpose_ tril tril_ triu triu_ trtrs trunc "
                   "trunc_ type type_as unbind unfold uniform_ unique unsqueeze unsqueeze_ values "
                   "var view view_as volatile where zero_");
    return names;
}

} // namespace

const NameSet &comparisons()
{
    static const NameSet names = splitNames("eq ne lt le gt ge isnan isinf isfinite isclose");
    return names;
}

// Results with as many dimensions as the input.
const NameSet &elementwise()
{
    static const NameSet names =
        splitNames("abs acos add addcdiv addcmul asin atan atan2 bernoulli ceil clamp clamp_max "
                   "clamp_min clone contiguous copy_ cos cosh cpu cuda cumprod cumsum detach "
                   "digamma div dropout dropout2d elu erf erfc erfinv exp expand_as expm1 fill_ "
                   "flip floor fmod frac gather hardtanh inverse leaky_relu lerp log log10 log1p "
                   "log2 log_softmax logsigmoid masked_fill masked_scatter mul neg normal_ pow "
                   "prelu random_ reciprocal relu relu6 remainder renorm requires_grad_ roll "
                   "round rsqrt scatter scatter_add selu sigmoid sign sin sinh softmax softmin "
                   "softplus softsign sqrt sub t tan tanh to transpose tril triu trunc type_as "
                   "uniform_ view_as where zero_ pin_memory cauchy_ exponential_ geometric_ "
                   "log_normal_ index_add index_copy index_fill index_select zeros_like ones_like "
                   "rand_like randn_like full_like empty_like batch_norm layer_norm instance_norm "
                   "normalize linear tanhshrink cholesky potrf rrelu celu glu threshold "
                   "hardshrink softshrink");
    return names;
}

// Measured of a transposed tensor in 1.0.0 and 2.7.0, as the next.
const NameSet &keepingStrides()
{
    static const NameSet names = splitNames(
        "abs acos addcdiv addcmul asin atan atan2 byte ceil char clamp clamp_max clamp_min clone "
        "cos "
        "cosh digamma double dropout elu eq erf erfc erfinv exp expm1 flip float floor fmod frac "
        "ge "
        "glu gt half hardtanh int le leaky_relu lerp log log10 log1p log2 long lt ne neg normalize "
        "ones_like pow prelu rand_like randn_like reciprocal relu6 remainder round rsqrt selu "
        "short "
        "sigmoid sign sin sinh softplus softsign sqrt tan tanh to trunc type type_as where "
        "zeros_like");
    return names;
}

const NameSet &leavingStrides()
{
    static const NameSet names =
        splitNames("cpu cuda data detach narrow relu requires_grad select squeeze unsqueeze");
    return names;
}

// Results with as many dimensions as only values tell, of the input's element type.
const NameSet &keepingElement()
{
    static const NameSet names =
        splitNames("squeeze flatten diag diagonal diag_embed unfold take rot90 expand reshape_as "
                   "resize set pinverse matrix_power renorm");
    return names;
}

// Whole-tensor reductions, 0-dimensional without a dim argument.
const NameSet &reductions()
{
    static const NameSet names =
        splitNames("sum mean prod std var norm median max min mode all any argmax argmin "
                   "logsumexp");
    return names;
}

const NameSet &alwaysScalar()
{
    static const NameSet names =
        splitNames("dot det logdet trace dist frobenius_norm nuclear_norm");
    return names;
}

const NameSet &severalTensors()
{
    static const NameSet names =
        splitNames("sort topk kthvalue svd qr eig symeig gesv trtrs gels geqrf pstrf slogdet "
                   "btrifact btriunpack");
    return names;
}

const NameSet &listsOfTensors()
{
    static const NameSet names =
        splitNames("split chunk unbind split_with_sizes meshgrid broadcast_tensors");
    return names;
}

const NameSet &numbers()
{
    static const NameSet names =
        splitNames("item dim numel nelement data_ptr dense_dim ndimension sparse_dim "
                   "storage_offset element_size get_device output_nr");
    return names;
}

const NameSet &booleans()
{
    static const NameSet names =
        splitNames("is_contiguous is_pinned is_complex is_floating_point is_same_size is_set_to "
                   "is_shared is_signed is_coalesced is_nonzero allclose equal is_tensor is_cuda "
                   "is_leaf is_sparse requires_grad is_distributed");
    return names;
}

const NameSet &factories()
{
    static const NameSet names =
        splitNames("zeros ones rand randn empty full Tensor FloatTensor DoubleTensor HalfTensor "
                   "LongTensor IntTensor ShortTensor CharTensor ByteTensor");
    return names;
}

const NameSet &noTensorFunctions()
{
    static const NameSet names =
        splitNames("compiled_with_cxx11_abi fork get_default_dtype get_device get_file_path "
                   "get_num_threads import_ir_module initial_seed is_anomaly_enabled "
                   "is_grad_enabled is_storage load manual_seed save set_anomaly_enabled "
                   "set_default_dtype set_default_tensor_type set_flush_denormal set_num_threads "
                   "set_printoptions set_rng_state typename no_grad enable_grad set_grad_enabled "
                   "device dtype Size Generator");
    return names;
}

bool isIn(const NameSet &names, std::string_view name)
{
    return names.find(name) != names.end();
}

bool isTensorMember(std::string_view name)
{
    return isIn(tensorMembers(), name);
}

bool isCommonMember(std::string_view name)
{
    static const NameSet names =
        splitNames("add all any apply argmax argmin argsort byte clip clone close conj copy count "
                   "cpu cross cuda cumsum cumprod data device diagonal dim dist div dot double "
                   "dtype eig eq expand fft fill flatten float format full gather get grad half "
                   "ifft index indices int inverse irfft item items lerp log long lower lt max "
                   "mean min mode mul name ne new nonzero norm normal numpy permute pow prod put "
                   "qr range ravel remove renorm repeat reshape resize rfft round select set "
                   "shape sign size softmax sort split squeeze std stft storage stride sub sum "
                   "svd swapaxes t take to tolist trace transpose type unique update upper values "
                   "var view where solve lu matmul step reinforce");
    return isIn(names, name);
}

} // namespace TorchLift
