// SPDX-License-Identifier: GPL-2.0
/*
 * pagefare_softdma: a dmaengine memcpy provider made of software.
 *
 * For tests and demonstrations of DMA clients on machines without an engine.
 * It copies with a CPU, in kernel threads, and is therefore never faster than
 * copying oneself: figures taken with it say nothing about a real engine.
 *
 * It can misbehave on request: complete out of order, report errors, never
 * complete, and lack the means to be stopped, as some real drivers do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "softdma.h"

#define MAX_CHANNELS 16

static unsigned int channels = 4;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "number of channels (1 to 16, default 4)");

static bool stoppable = true;
module_param(stoppable, bool, 0444);
MODULE_PARM_DESC(stoppable, "offer device_terminate_all, which ioat and idxd do not (default 1)");

struct soft_device {
	struct dma_device dma;
	struct soft_chan chan[MAX_CHANNELS];
};

static void soft_describe(struct dma_device *dma, struct device *dev)
{
	dma->dev = dev;
	dma_cap_set(DMA_MEMCPY, dma->cap_mask);
	dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma_cap_set(DMA_COMPLETION_NO_ORDER, dma->cap_mask);
	soft_describe_ops(dma);
	if (stoppable)
		dma->device_terminate_all = soft_terminate_all;
	INIT_LIST_HEAD(&dma->channels);
}

static int soft_probe(struct platform_device *pdev)
{
	struct soft_device *soft;
	unsigned int i;
	int ret;

	/* Its "bus" addresses are physical ones: no IOMMU may stand in between */
	if (device_iommu_mapped(&pdev->dev))
		return -ENODEV;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;

	soft = devm_kzalloc(&pdev->dev, sizeof(*soft), GFP_KERNEL);
	if (!soft)
		return -ENOMEM;
	soft_describe(&soft->dma, &pdev->dev);
	for (i = 0; i < channels; i++)
		soft_chan_init(&soft->chan[i], &soft->dma);
	platform_set_drvdata(pdev, soft);
	return dma_async_device_register(&soft->dma);
}

static void soft_remove(struct platform_device *pdev)
{
	struct soft_device *soft = platform_get_drvdata(pdev);

	dma_async_device_unregister(&soft->dma);
}

/* Unbinding by hand would take channels from their users */
static struct platform_driver soft_driver = {
	.probe = soft_probe,
	.remove_new = soft_remove,
	.driver = {
		.name = KBUILD_MODNAME,
		.suppress_bind_attrs = true,
	},
};

static struct platform_device *soft_pdev;

static int __init pagefare_softdma_init(void)
{
	int ret;

	if (channels < 1 || channels > MAX_CHANNELS) {
		pr_err("channels=%u is not within 1 to %u: not loaded\n", channels, MAX_CHANNELS);
		return -EINVAL;
	}
	ret = platform_driver_register(&soft_driver);
	if (ret)
		return ret;
	soft_pdev = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(soft_pdev)) {
		platform_driver_unregister(&soft_driver);
		return PTR_ERR(soft_pdev);
	}
	if (!platform_get_drvdata(soft_pdev)) {
		pr_err("the software engine cannot work here (IOMMU, or no memory): not loaded\n");
		platform_device_unregister(soft_pdev);
		platform_driver_unregister(&soft_driver);
		return -ENODEV;
	}
	pr_info("%u channels of a software DMA engine: a CPU copies, for tests only\n", channels);
	return 0;
}

static void __exit pagefare_softdma_exit(void)
{
	platform_device_unregister(soft_pdev);
	platform_driver_unregister(&soft_driver);
}

module_init(pagefare_softdma_init);
module_exit(pagefare_softdma_exit);

MODULE_DESCRIPTION("Software dmaengine memcpy provider, for tests and demonstrations");
MODULE_AUTHOR("The pagefare project");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
